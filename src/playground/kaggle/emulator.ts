import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, HOUR, systemClock } from '../../clock.ts';
import { listenOn } from '../listen.ts';
import type { Executor, RunsWith } from './execute/executor.ts';
import { Faults } from './faults.ts';
import type { Method } from './methods.ts';
import { createPages } from './pages.ts';
import { followPlan, type Plan, type PlanFor } from './plan.ts';
import { Runner } from './run-version.ts';
import { createKaggleServer, type Gate } from './server.ts';
import { SessionScript } from './session.ts';
import { KAGGLES_RULES, Site, type SiteRules } from './site.ts';
import { siteClock } from './site-clock.ts';
import { StateFolder } from './state-folder.ts';
import { Storage } from './storage.ts';
import type {
  AccountGiven,
  CompetitionGiven,
  DatasetGiven,
  DatasetStatus,
  KernelTruth,
  ModelGiven,
  RequestSeen,
  VersionTruth,
} from './types.ts';
import type { Version } from './version.ts';

export type { BadAnswer, Fault, FaultTarget, RetryAfter } from './faults.ts';
export type { Plan, PlanFor } from './plan.ts';
export type { Gate } from './server.ts';
export type { SessionScript } from './session.ts';
export type { SiteRules } from './site.ts';
export type * from './types.ts';

export type EmulatorOptions = {
  /** The port if it is free; else, and without one, any that is. */
  readonly port?: number;
  readonly clock?: Clock;
  readonly rules?: Partial<SiteRules>;
  /** What executes the versions (`findExecutor`); without one, or `scripted`, a script or a plan does. */
  readonly executor?: Executor | 'scripted';
  /** Where kernels, versions, logs and outputs outlive the program; nowhere without it. */
  readonly stateDir?: string;
  readonly gate?: Gate;
};

export type Summary = {
  readonly runsWith: RunsWith;
  readonly gpuSessions: { readonly used: number; readonly of: number };
  readonly gpuHours: { readonly used: number; readonly of: number };
  readonly versions: number;
};

/** How many requests are kept for looking at; counts go on. */
const REQUESTS_KEPT = 20_000;

/**
 * A Kaggle on 127.0.0.1 that speaks the real protocol, as its own client speaks it.
 * Without an executor its sessions do what a script or a plan says.
 */
export async function startKaggleEmulator(options: EmulatorOptions = {}): Promise<KaggleEmulator> {
  const emulator = new KaggleEmulator(options);
  try {
    await emulator.listen(options.port);
  } catch (error) {
    await emulator.close();
    throw error;
  }
  return emulator;
}

export class KaggleEmulator {
  readonly faults = new Faults();
  readonly requests: RequestSeen[] = [];
  readonly #site: Site;
  readonly #storage: Storage;
  readonly #server;
  readonly #counts = new Map<string, number>();
  readonly #plans: { plan: Plan; only: PlanFor }[] = [];
  readonly #state: StateFolder | null;
  readonly #runner: Runner | null;
  /** Made for the runs of a program that remembers nothing, and taken away with it. */
  readonly #scratch: string | null;
  #pushes = 0;
  #port = 0;
  #url = '';

  constructor(options: EmulatorOptions) {
    const { executor = 'scripted', stateDir } = options;
    this.#site = new Site(siteClock(options.clock ?? systemClock), { ...KAGGLES_RULES, ...options.rules });
    this.#storage = new Storage(this.#site, () => this.#url);
    this.#server = createKaggleServer({
      site: this.#site,
      storage: this.#storage,
      faults: this.faults,
      gate: options.gate,
      webUrl: () => this.#url,
      seen: (request) => this.#see(request),
      pushed: (version) => this.#pushed(version),
      pages: createPages(this.#site, this.#storage, () => this.#url),
    });
    this.#state = stateDir === undefined ? null : new StateFolder(stateDir, this.#site);
    this.#scratch =
      executor === 'scripted' || stateDir !== undefined ? null : mkdtempSync(join(tmpdir(), 'nightshift-kaggle-'));
    const folderOf = (version: Version): string =>
      this.#state?.runFolder(version) ?? join(this.#scratch ?? tmpdir(), version.blobId);
    this.#runner = executor === 'scripted' ? null : new Runner(this.#site, executor, folderOf);
    this.#site.forget = (kernel) => this.#state?.forget(kernel);
    for (const version of this.#state?.load() ?? []) this.#runner?.enqueue(version);
  }

  async listen(port = 0): Promise<void> {
    this.#port = await listenOn(this.#server, [port, 0]);
    this.#url = `http://127.0.0.1:${this.#port}`;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return this.#url;
  }
  get apiUrl(): string {
    return `${this.#url}/v1`;
  }
  get webUrl(): string {
    return this.#url;
  }

  async close(): Promise<void> {
    this.#site.timeline.close();
    await this.#runner?.close();
    if (this.#server.listening) {
      const closed = once(this.#server, 'close');
      this.#server.close();
      this.#server.closeAllConnections();
      await closed;
    }
    if (this.#scratch !== null) rmSync(this.#scratch, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The switches of reported but unsettled behaviour; may be changed at any time. */
  rules(change: Partial<SiteRules>): void {
    this.#site.rules = { ...this.#site.rules, ...change };
  }

  addAccount(given: AccountGiven): void {
    this.#site.addAccount(given);
  }

  /** The token or key stops working at once. */
  revoke(credential: string): void {
    this.#site.revoke(credential);
  }

  addDataset(given: DatasetGiven): void {
    this.#site.catalog.addDataset(given);
  }

  datasetStatus(ref: string, status: DatasetStatus): void {
    const set = this.#site.catalog.datasets.get(ref.toLowerCase());
    if (set === undefined) throw new Error(`no dataset ${ref}`);
    set.status = status;
  }

  addCompetition(given: CompetitionGiven): void {
    this.#site.catalog.addCompetition(given);
  }

  addModel(given: ModelGiven): void {
    this.#site.catalog.addModel(given);
  }

  /** The truth about every version of a kernel, oldest first. */
  versions(ref: string): VersionTruth[] {
    this.#site.timeline.settle();
    return (this.#site.kernels.get(ref)?.versions ?? []).map((one) => one.truth());
  }

  kernels(user: string): KernelTruth[] {
    this.#site.timeline.settle();
    return this.#site.ownedBy(user).map((one) => ({
      id: one.id,
      ref: `${one.owner}/${one.slug}`,
      title: one.title,
      kernelType: one.kernelType,
      language: one.language,
      isPrivate: one.isPrivate,
      currentVersionNumber: one.versions.length,
    }));
  }

  /** How many versions were made since the start, by whatever push. */
  get pushes(): number {
    return this.#pushes;
  }

  /** How many requests came for a method; for all methods without one. */
  count(method?: Method): number {
    if (method !== undefined) return this.#counts.get(method) ?? 0;
    return [...this.#counts.values()].reduce((sum, one) => sum + one, 0);
  }

  /** @throws Error when there is no such version. */
  session(ref: string, version: number): SessionScript {
    this.#site.timeline.settle();
    const found = this.#site.version(ref, version);
    if (found === null) throw new Error(`there is no version ${version} of ${ref}`);
    return new SessionScript(this.#site, found);
  }

  /** Versions pushed from now on go this way by themselves; the newest plan that fits counts. */
  plan(plan: Plan, only: PlanFor = {}): void {
    this.#plans.unshift({ plan, only });
  }

  clearPlans(): void {
    this.#plans.length = 0;
  }

  /** Lets happen what the clock has passed, without waiting for the next request. */
  settle(): void {
    this.#site.timeline.settle();
  }

  /** For the panel beside the playground; of the first account unless a user is named. */
  summary(user = this.#site.firstAccount?.user ?? ''): Summary {
    this.#site.timeline.settle();
    const account = this.#site.accountOf(user);
    const hours = account === null ? null : this.#site.accelerator(account, 'gpu');
    return {
      runsWith: this.#runner?.runsWith ?? 'a recorded run',
      gpuSessions: { used: this.#site.slotsInUse(user, 'gpu'), of: this.#site.rules.slots.gpu },
      gpuHours: {
        used: ((hours?.usedMs ?? 0) + (hours?.reservedMs ?? 0)) / HOUR,
        of: (hours?.totalMs ?? 0) / HOUR,
      },
      versions: this.#site.sessions(user).length,
    };
  }

  #see(request: RequestSeen): void {
    this.#counts.set(request.method, (this.#counts.get(request.method) ?? 0) + 1);
    this.requests.push(request);
    if (this.requests.length > REQUESTS_KEPT) this.requests.splice(0, REQUESTS_KEPT / 2);
  }

  #pushed(version: Version): void {
    this.#pushes += 1;
    this.#state?.keep(version);
    if (this.#runner !== null && version.state === 'QUEUED') {
      this.#runner.enqueue(version);
      return;
    }
    const { ref, number } = version.born;
    const fits = this.#plans.find(
      ({ only }) => (only.ref ?? ref) === ref && (only.version === undefined || only.version === number),
    );
    if (fits !== undefined && version.state === 'QUEUED') followPlan(this.#site, version, fits.plan);
  }
}
