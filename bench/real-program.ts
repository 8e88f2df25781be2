import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { KEY } from './fill.ts';
import type { StandIns } from './stand-ins.ts';

/** As the script `start` of package.json has them. */
const FLAGS = ['--max-semi-space-size=2', '--optimize-for-size'];

export type RealProgram = AsyncDisposable & {
  /** The sum of all values of that name on its /metrics page. */
  metric(name: string): Promise<number>;
};

/** Starts the real program in a process of its own, as `npm start` does, and waits until it is online. */
export async function startProgram(at: StandIns, databaseFile: string): Promise<RealProgram> {
  const child = spawn(process.execPath, [...FLAGS, fileURLToPath(new URL('../src/start.js', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      DISCORD_TOKEN: at.discordToken,
      DISCORD_API_URL: at.discordApi,
      DISCORD_CDN_URL: at.discordCdn,
      KAGGLE_API_URL: at.kaggleApi,
      DATABASE_FILE: databaseFile,
      SECRET_KEY: KEY.toString('base64'),
      HTTP_PORT: '0',
      LOG_LEVEL: 'fatal',
    },
  });
  let said = '';
  let url: string | undefined;
  for await (const text of child.stdout.setEncoding('utf8')) {
    said += text;
    url = /Health: (\S+)\/healthz/.exec(said)?.[1];
    if (url !== undefined) break;
  }
  if (url === undefined) throw new Error(`the program did not come online: ${said}`);
  return {
    metric: async (name) => {
      const page = await (await fetch(`${url}/metrics`)).text();
      const values = page.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
      return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
