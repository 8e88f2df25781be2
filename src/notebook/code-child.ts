/** The process that reads a stranger's code: what takes too long or too much here ends this process and nothing else. */
import { answerWith } from './child-answers.ts';
import { type Code, findInCode } from './find-in-code.ts';
import { loadLint } from './lint.ts';

const lint = loadLint();

answerWith((code: Code) => findInCode(code, lint));
