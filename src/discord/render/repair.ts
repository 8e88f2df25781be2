import type { APIButtonComponent } from 'discord-api-types/v10';
import { formatLimit } from '../../domain/limit.ts';
import type { Run } from '../../domain/run.ts';
import { clean, cutMiddle } from '../../domain/words.ts';
import { againArgument } from './again.ts';
import { button } from './components.ts';

/** A button's label has 80 characters (Discord), of which a phone shows half. */
const LONGEST_INPUT = 48;

/**
 * The one button that mends a failure of this class in one press; null where there is none.
 * @param attach the input the run missed, if it is known which one that is; the button names it
 * @param ceilingMinutes the longest limit there is for this machine, if it is known
 */
export function repairButton(
  run: Pick<Run, 'key' | 'settings' | 'state'>,
  named: string | null,
  ceilingMinutes: number | null,
  attach: string | null = null,
): APIButtonComponent | null {
  const { accelerator, internet, limitMinutes } = run.settings;
  const again = (label: string, argument: string): APIButtonComponent =>
    button(label, { verb: 'againGo', key: run.key, argument }, 'success');
  if ((named === 'module missing' || named === 'internet is off') && !internet)
    return again('Again with internet on', againArgument(accelerator, 'on'));
  if (named === 'GPU hours used up' && accelerator !== 'none')
    return again('Again on CPU', againArgument('none', null));
  if (named === 'input missing' && attach !== null)
    return again(`Again with ${cutMiddle(clean(attach), LONGEST_INPUT)}`, againArgument(accelerator, 'input'));
  const struck = run.state.phase === 'error' && run.state.why === 'timeLimit';
  if ((struck || named?.startsWith('time limit') === true) && ceilingMinutes !== null && limitMinutes < ceilingMinutes)
    return again(`Again with ${formatLimit(ceilingMinutes)}`, againArgument(accelerator, ceilingMinutes));
  return null;
}
