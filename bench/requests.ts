import { MINUTE, SECOND } from '../src/clock.ts';
import { watchCommits } from '../test/chaos/commit-points.ts';
import { notebook } from '../test/notebooks.ts';
import { MARAS_TOKEN, startWorld } from '../test/world.ts';

const RUN_MINUTES = 30;

let commits = 0;
watchCommits((moment) => {
  if (moment === 'after') commits += 1;
});

export type Counted = {
  readonly name: string;
  readonly bar: string;
  readonly requests: number;
  /** Of the database, from /commit to the completion. */
  readonly commits: number;
};

/** Counts what Kaggle is asked from /commit to the completion of one run, on the clock moved by hand. */
export async function requestsPerRun(): Promise<Counted[]> {
  return [
    { name: 'with an uncut log stream', bar: '≤ 9', ...(await count(true)) },
    { name: 'polling only', bar: '≤ 60 (every 30 s: 122)', ...(await count(false)) },
  ];
}

async function count(withStream: boolean): Promise<Pick<Counted, 'requests' | 'commits'>> {
  await using world = await startWorld();
  const { kaggle, mara, training } = world;
  await world.link(mara, MARAS_TOKEN);
  if (!withStream)
    kaggle.faults.always('GetKernelSessionLogsStream', {
      when: 'before',
      answer: { kind: 'error', status: 404, body: 'A' },
    });
  const prints = Array.from({ length: 60 }, (_, index) => ({
    at: index * 30,
    text: `Epoch ${index + 1}/60 - loss: 0.5\n`,
  }));
  kaggle.plan({
    queueSeconds: 60,
    seconds: RUN_MINUTES * 60,
    prints,
    writes: [
      { name: 'model.pt', content: 1000 },
      { name: 'submission.csv', content: 'a,b\n1,2\n' },
    ],
  });
  // Downloads from the signed addresses go to the storage, not to the API.
  const asked = () => kaggle.count() - kaggle.count('Storage');
  const before = asked();
  const committed = commits;
  await mara.use(training, 'commit', { notebook: { name: 'leaf_disease.ipynb', bytes: notebook('print(1)') } });
  await world.pass((RUN_MINUTES - 1) * MINUTE, SECOND);
  await world.until(() => world.channel().length > 1);
  return { requests: asked() - before, commits: commits - committed };
}
