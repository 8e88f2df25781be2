import type { Transport } from './http.ts';
import type { Credential } from './kaggle.ts';
import { type Pace, payerOf, type Urgency } from './pace.ts';

/** Looks can wait a moment; all the rest moves a run on, or is waited for. */
const CAN_WAIT = /\/GetKernelSessionStatus$/;

/**
 * Every request to Kaggle's API at its pace, each counted once. Signed addresses of files are another host's and not counted.
 * @param isForPeople A person waits for the answer, whatever is asked.
 * @param payer On whose account a call counts.
 */
export function pacedTransport(
  transport: Transport,
  pace: Pace,
  isForPeople: boolean,
  payer: (credential: Credential) => string = payerOf,
): Transport {
  const urgency = (canWait: boolean): Urgency => (canWait && !isForPeople ? 'background' : 'urgent');
  return {
    call: (credential, method, body, cap) => {
      const call = (): ReturnType<Transport['call']> => transport.call(credential, method, body, cap);
      return credential === null
        ? call()
        : pace.run(payer(credential), urgency(CAN_WAIT.test(method)), nameOf(method), call);
    },
    redirect: (credential, method, body) =>
      pace.run(payer(credential), 'urgent', nameOf(method), () => transport.redirect(credential, method, body)),
    open: (credential, url, ...more) => {
      const open = (): ReturnType<Transport['open']> => transport.open(credential, url, ...more);
      return credential === null ? open() : pace.run(payer(credential), urgency(true), 'log', open);
    },
  };
}

const nameOf = (method: string): string => method.slice(method.indexOf('/') + 1);
