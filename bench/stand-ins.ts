/** A Discord and a Kaggle in a process of their own, so that the load does not run in the bot's. Driven over IPC by bench.ts. */
import { setTimeout as pause } from 'node:timers/promises';
import { startDiscordEmulator } from '../src/playground/discord/emulator.ts';
import { startKaggleEmulator } from '../src/playground/kaggle/emulator.ts';
import { ACCOUNTS, tokenOf, userOf } from './crowd.ts';

const GUILDS = 20;
const CHANNELS_EACH = 25;

export type StandIns = {
  discordApi: string;
  discordCdn: string;
  discordToken: string;
  kaggleApi: string;
  guildId: string;
  channelId: string;
  /** Many more channels, over several guilds. */
  channels: { guildId: string; channelId: string }[];
  userId: string;
};
export type Order =
  | { kind: 'load'; perSecond: number; seconds: number }
  | { kind: 'countLooks' }
  | { kind: 'countMessages' }
  | { kind: 'stop' };
export type Told =
  | { kind: 'ready'; at: StandIns }
  | { kind: 'loaded'; used: number; failed: number }
  | { kind: 'looks'; count: number; firstAt: number | null }
  | { kind: 'messages'; posted: number; refused: number };

const tell = (message: Told): void => {
  process.send?.(message);
};

const kaggle = await startKaggleEmulator();
const discord = await startDiscordEmulator({ limits: process.argv[2] === 'real' ? 'real' : 'generous' });
const { guildId, channelId, you } = discord.defaultWorld();
const channels = Array.from({ length: GUILDS }, (_, guild) => discord.addGuild({ name: `Guild ${guild}` })).flatMap(
  ({ id }) =>
    Array.from({ length: CHANNELS_EACH }, (_, channel) => ({
      guildId: id,
      channelId: discord.addChannel(id, { name: `channel-${channel}` }).id,
    })),
);

/** Every account has one version that runs and runs; its runs all follow that one. */
for (let index = 0; index < ACCOUNTS; index += 1) {
  kaggle.addAccount({ user: userOf(index), token: tokenOf(index) });
  const saved = await fetch(`${kaggle.apiUrl}/kernels.KernelsApiService/SaveKernel`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokenOf(index)}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      slug: `${userOf(index)}/long-night`,
      newTitle: 'Long night',
      text: '{}',
      language: 'python',
      kernelType: 'notebook',
      enableGpu: true,
    }),
  });
  if (!saved.ok) throw new Error('the stand-in did not save the kernel');
  await saved.body?.cancel();
  kaggle.session(`${userOf(index)}/long-night`, 1).start();
}

process.on('message', (order: Order) => {
  if (order.kind === 'load') void load(order.perSecond, order.seconds);
  else if (order.kind === 'countLooks') {
    const looks = kaggle.requests.filter(({ method }) => method === 'GetKernelSessionStatus');
    tell({ kind: 'looks', count: kaggle.count('GetKernelSessionStatus'), firstAt: looks[0]?.at ?? null });
  } else if (order.kind === 'countMessages') {
    const asked = discord.requests.filter(({ route }) => route === 'createMessage');
    tell({
      kind: 'messages',
      posted: asked.filter(({ status }) => status === 200).length,
      refused: discord.requests.filter(({ status }) => status === 429).length,
    });
  } else void stop();
});

/** Uses /status so often a second, evenly, and waits for every acknowledgement. */
async function load(perSecond: number, seconds: number): Promise<void> {
  const asked: Promise<{ failed: string | null }>[] = [];
  const begun = performance.now();
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const wait = begun + (index * 1000) / perSecond - performance.now();
    if (wait > 1) await pause(wait);
    asked.push(you.use(channelId, 'status').acknowledged);
  }
  const answers = await Promise.all(asked);
  tell({ kind: 'loaded', used: answers.length, failed: answers.filter(({ failed }) => failed !== null).length });
}

async function stop(): Promise<void> {
  await discord.close();
  await kaggle.close();
  process.exit(0);
}

tell({
  kind: 'ready',
  at: {
    discordApi: discord.apiUrl,
    discordCdn: discord.cdnUrl,
    discordToken: discord.token,
    kaggleApi: kaggle.apiUrl,
    guildId,
    channelId,
    channels,
    userId: you.id,
  },
});
