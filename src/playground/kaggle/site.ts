import type { Clock } from '../../clock.ts';
import { HOUR } from '../../clock.ts';
import { Catalog } from './catalog.ts';
import { Timeline } from './timeline.ts';
import type { AccountGiven, Machine } from './types.ts';
import type { Version } from './version.ts';

export type Account = {
  readonly user: string;
  readonly userId: number;
  readonly token: string;
  readonly key: string | null;
  readonly hours: Readonly<Record<'gpu' | 'tpu', number>>;
  readonly usedBefore: { readonly at: number; readonly gpu: number; readonly tpu: number };
  readonly phoneVerified: boolean;
};

export type Kernel = {
  readonly id: number;
  readonly owner: string;
  readonly slug: string;
  readonly kernelType: 'notebook' | 'script';
  readonly createdAt: number;
  title: string;
  language: string;
  isPrivate: boolean;
  readonly versions: Version[];
};

export type SiteRules = {
  /** A new kernel whose title makes another slug than asked: created under the title's slug, or refused. Both are reported. */
  readonly titleRule: 'create' | 'refuse';
  /** Reads of a kernel answer 403 for so long after its first push. */
  readonly visibilityLagSeconds: number;
  /** Batch sessions at once for each account. Kaggle's for GPU and CPU; the one for TPU is a guess. */
  readonly slots: Readonly<Record<Machine, number>>;
  /** Whether ERROR and CANCEL_ACKNOWLEDGED versions show what they wrote. */
  readonly keepsOutputsOfFailed: boolean;
  /** Whether fields at their default are left out of answers: absent `status` is QUEUED. */
  readonly omitsDefaults: boolean;
  readonly signedSeconds: number;
  /** `: …` lines between the events of a log stream. */
  readonly streamComments: boolean;
  /** The load balancer cuts a log stream after so long. */
  readonly streamSeconds: number | null;
};

export const KAGGLES_RULES: SiteRules = {
  titleRule: 'create',
  visibilityLagSeconds: 0,
  slots: { gpu: 2, cpu: 5, tpu: 1 },
  keepsOutputsOfFailed: true,
  omitsDefaults: false,
  signedSeconds: 900,
  streamComments: true,
  streamSeconds: null,
};

/** All that is true on the emulated Kaggle. */
export class Site {
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly catalog = new Catalog();
  readonly kernels = new Map<string, Kernel>();
  rules: SiteRules;
  /** Told when a kernel is deleted. */
  forget: (kernel: Kernel) => void = () => undefined;
  #accounts: Account[] = [];
  #nextId = 90_000_001;

  constructor(clock: Clock, rules: SiteRules) {
    this.clock = clock;
    this.timeline = new Timeline(clock);
    this.rules = rules;
  }

  newId(): number {
    return this.#nextId++;
  }

  /** Ids that a state folder remembers are not given again. */
  skipIds(upTo: number): void {
    this.#nextId = Math.max(this.#nextId, upTo + 1);
  }

  addAccount(given: AccountGiven): void {
    this.#accounts = this.#accounts.filter((one) => one.token !== given.token);
    this.#accounts.push({
      user: given.user,
      userId: given.userId ?? 1_000 + this.#accounts.length,
      token: given.token,
      key: given.key ?? null,
      hours: { gpu: given.gpuHours ?? 30, tpu: given.tpuHours ?? 20 },
      usedBefore: { at: this.clock.now(), gpu: given.gpuHoursUsed ?? 0, tpu: given.tpuHoursUsed ?? 0 },
      phoneVerified: given.phoneVerified ?? true,
    });
  }

  /** The credential stops working at once, as after "Expire token" on the site. Takes a token or a legacy key. */
  revoke(credential: string): void {
    this.#accounts = this.#accounts.map((one) => ({
      ...one,
      ...(one.token === credential ? { token: '' } : {}),
      ...(one.key === credential ? { key: null } : {}),
    }));
  }

  accountOf(user: string): Account | null {
    return this.#accounts.find((one) => one.user === user) ?? null;
  }

  get firstAccount(): Account | null {
    return this.#accounts[0] ?? null;
  }

  byToken(token: string): Account | null {
    return token === '' ? null : (this.#accounts.find((one) => one.token === token) ?? null);
  }

  byKey(user: string, key: string): Account | null {
    return key === '' ? null : (this.#accounts.find((one) => one.user === user && one.key === key) ?? null);
  }

  ownedBy(user: string): Kernel[] {
    return [...this.kernels.values()].filter((one) => one.owner === user);
  }

  version(ref: string, number: number): Version | null {
    return this.kernels.get(ref)?.versions.find((one) => one.born.number === number) ?? null;
  }

  sessions(user: string): Version[] {
    return this.ownedBy(user).flatMap((one) => one.versions);
  }

  slotsInUse(user: string, machine: Machine): number {
    return this.sessions(user).filter((one) => one.born.machine === machine && !one.isOver).length;
  }

  /** Accelerator time of this week: what ended sessions took, and what running ones hold, in ms. */
  accelerator(account: Account, machine: 'gpu' | 'tpu'): { usedMs: number; reservedMs: number; totalMs: number } {
    const now = this.clock.now();
    const week = weekOf(now);
    let usedMs = account.usedBefore.at >= week.from ? account.usedBefore[machine] * HOUR : 0;
    let reservedMs = 0;
    for (const session of this.sessions(account.user)) {
      if (session.born.machine !== machine || session.startedAt === null) continue;
      const took = Math.max(0, Math.min(session.endedAt ?? now, now) - Math.max(session.startedAt, week.from));
      if (session.endedAt === null) reservedMs += took;
      else usedMs += took;
    }
    return { usedMs, reservedMs, totalMs: account.hours[machine] * HOUR };
  }
}

const WEEK = 7 * 24 * HOUR;
/** A Saturday, 00:00 UTC: when the hours come back (source: public reports). */
const A_SATURDAY = Date.UTC(2026, 0, 3);

export function weekOf(at: number): { from: number; to: number } {
  const from = A_SATURDAY + Math.floor((at - A_SATURDAY) / WEEK) * WEEK;
  return { from, to: from + WEEK };
}
