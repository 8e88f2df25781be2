import type { APIButtonComponent } from 'discord-api-types/v10';
import type { Run } from '../../domain/run.ts';
import { againArgument } from './again.ts';
import { button } from './components.ts';

/** The one button that mends a failure of this class in one press (ux.md 6); null where there is none. */
export function repairButton(run: Pick<Run, 'key' | 'settings'>, named: string | null): APIButtonComponent | null {
  const { accelerator, internet } = run.settings;
  const again = (label: string, argument: string): APIButtonComponent =>
    button(label, { verb: 'againGo', key: run.key, argument }, 'success');
  if ((named === 'module missing' || named === 'internet is off') && !internet)
    return again('Again with internet on', againArgument(accelerator, 'on'));
  if (named === 'GPU hours used up' && accelerator !== 'none')
    return again('Again on CPU', againArgument('none', null));
  return null;
}
