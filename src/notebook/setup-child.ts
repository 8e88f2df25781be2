/** The process that reads what a stranger's source would meet on Kaggle; apart from the code's, so that neither waits for the other. */
import { checkSetup } from './check-setup.ts';
import { answerWith } from './child-answers.ts';
import type { Setup } from './setup/program.ts';

answerWith((of: Setup) => checkSetup(of));
