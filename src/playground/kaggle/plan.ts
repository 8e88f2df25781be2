import { SessionScript } from './session.ts';
import type { Site } from './site.ts';
import type { StreamName } from './types.ts';
import type { Version } from './version.ts';

/** What becomes of a pushed version by itself, as the clock goes. Times are in seconds. */
export type Plan = {
  readonly queueSeconds?: number;
  /** From the start to the end. */
  readonly seconds?: number;
  /** `at` is counted from the start. */
  readonly prints?: readonly { readonly at: number; readonly text: string; readonly stream?: StreamName }[];
  readonly writes?: readonly {
    readonly name: string;
    readonly content: string | Uint8Array | number;
    readonly at?: number;
  }[];
  /** `never`: it runs until its time limit. */
  readonly end?:
    | 'complete'
    | 'timeLimit'
    | 'cancel'
    | 'never'
    | { readonly fail: string | null; readonly log?: string };
};

/** Which pushes a plan is for; without anything, all. */
export type PlanFor = { readonly ref?: string; readonly version?: number };

/** Puts a version's plan on the timeline. What a test does by hand to the session meanwhile ends the plan. */
export function followPlan(site: Site, version: Version, plan: Plan): void {
  const script = new SessionScript(site, version);
  const startAt = version.born.pushedAt + (plan.queueSeconds ?? 0) * 1_000;
  const limitAt = startAt + version.born.limitSeconds * 1_000;
  const endAt = startAt + (plan.seconds ?? 60) * 1_000;
  const alive = (then: (at: number) => void) => (at: number) => {
    if (!version.isOver) then(at);
  };
  site.timeline.at(
    startAt,
    alive((at) => version.state === 'QUEUED' && script.start(at)),
  );
  for (const { at, text, stream } of plan.prints ?? [])
    site.timeline.at(
      startAt + at * 1_000,
      alive((now) => script.print(text, stream ?? 'stdout', now)),
    );
  for (const { name, content, at } of plan.writes ?? [])
    site.timeline.at(
      at === undefined ? endAt : startAt + at * 1_000,
      alive((now) => script.write(name, content, now)),
    );
  // A session that would go on for longer than it was given is stopped by its limit.
  if (limitAt < endAt || plan.end === 'never') {
    site.timeline.at(
      limitAt,
      alive((at) => script.timeLimit({ at })),
    );
    return;
  }
  site.timeline.at(
    endAt,
    alive((at) => endAs(script, plan.end ?? 'complete', at)),
  );
}

function endAs(script: SessionScript, end: Exclude<Plan['end'], undefined>, at: number): void {
  if (end === 'complete') script.complete(at);
  else if (end === 'timeLimit') script.timeLimit({ at });
  else if (end === 'cancel') script.cancelOnSite({ at });
  else if (end !== 'never') script.fail(end.fail, { at, ...(end.log === undefined ? {} : { log: end.log }) });
}
