import type { APIAttachment, APIEmbed, APIMessage, APIUser } from 'discord-api-types/v10';

/**
 * Messages as Discord would give them back, one per kind there is, for looking at and for measuring. All texts are
 * examples; `Mara` and `Jun` are made up.
 */

export const CHANNEL = '900000000000000001';
export const DIRECT = '900000000000000002';
export const GUILD = '900000000000000003';
export const you: APIUser = {
  id: '100000000000000001',
  username: 'you',
  global_name: 'You',
  discriminator: '0',
  avatar: null,
};
export const bot: APIUser = {
  id: '100000000000000002',
  username: 'Nightshift',
  global_name: null,
  discriminator: '0',
  avatar: null,
  bot: true,
};

/** The time all of them are seen at. */
export const NOW = Date.UTC(2026, 10, 23, 20, 58, 0);
const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();
export const stamp = (minutes: number, style: string): string => `<t:${NOW / 1_000 + minutes * 60}:${style}>`;

type Facts = Partial<APIMessage> & { readonly id: string };

export const message = (facts: Facts): APIMessage => ({
  channel_id: CHANNEL,
  author: bot,
  content: '',
  timestamp: at(0),
  edited_timestamp: null,
  tts: false,
  mention_everyone: false,
  mentions: [],
  mention_roles: [],
  attachments: [],
  embeds: [] as APIEmbed[],
  pinned: false,
  type: 0,
  components: [],
  ...facts,
});

const text = (content: string): object => ({ type: 10, content });
const button = (label: string, style: number, extra: object = {}): object => ({
  type: 2,
  style,
  label,
  ...(style === 5 ? { url: 'http://127.0.0.1:9/kernel' } : { custom_id: `${label.replace(/\W/g, '')}:v1:k` }),
  ...extra,
});
const row = (...components: object[]): object => ({ type: 1, components });
const container = (accent: number | null, ...components: object[]): object => ({
  type: 17,
  ...(accent === null ? {} : { accent_color: accent }),
  components,
});
const EPHEMERAL = 64;
const LOADING = 128;
const PANEL = 32768;

export const panel = (id: string, components: readonly object[], extra: Partial<APIMessage> = {}): APIMessage =>
  message({ id, flags: PANEL, components: components as unknown as NonNullable<APIMessage['components']>, ...extra });

const usedCommit = {
  interaction_metadata: { id: '7001', type: 2, name: 'commit', user: you, authorizing_integration_owners: {} },
} as unknown as Partial<APIMessage>;

export const cdn = (name: string): string => `/attachments/${CHANNEL}/42/${encodeURIComponent(name)}`;

export const file = (id: string, name: string, size: number, extra: Partial<APIAttachment> = {}): APIAttachment => ({
  id,
  filename: name,
  size,
  url: `CDN${cdn(name)}`,
  proxy_url: `CDN${cdn(name)}`,
  ...extra,
});

export const curve = file('51', 'curve-42.png', 42_000, {
  content_type: 'image/png',
  width: 1200,
  height: 675,
  description:
    'Loss over 70 epochs of run #42. val_loss falls from 0.97 to 0.2831, best 0.2647 at epoch 48. loss ends at 0.1183.',
});

const accepted = message({
  id: '2001',
  flags: EPHEMERAL,
  content:
    '**#1 accepted.** Its card is in this channel. You can close your computer.\n-# train-70-epochs.ipynb · 12 cells · checked in 0.4 s: nothing blocks it, 1 hint',
  components: [
    row(
      button('Show the hint', 2),
      button('Go to the card', 5, { url: `https://discord.com/channels/${GUILD}/${CHANNEL}/2002` }),
    ),
  ] as unknown as NonNullable<APIMessage['components']>,
  ...usedCommit,
});

export const cardText = (epoch: number): string =>
  [
    `▰▰▰▰▱▱▱▱▱▱ ${Math.floor((epoch / 70) * 100)}%`,
    '',
    '**val_loss** 0.3391 · best 0.3368 at epoch 26',
    `**Ends** ${stamp(0.6, 'R')} · 0.9 s per epoch`,
    '**GPU** asked T4 x2 · playground: the CPU of this computer',
  ].join('\n');

export const card = (epoch: number): APIMessage =>
  panel('2002', [
    container(
      0x5b8def,
      text(
        `### 🔵 #1 running, epoch ${epoch} of 70\n**[Seventy epochs v1](http://127.0.0.1:9/you/seventy-epochs)**\n-# you/seventy-epochs · for <@${you.id}> · GPU T4 x2 · limit 12 h · internet off`,
      ),
      text(cardText(epoch)),
      text(`-# Limit 9 h, reached at ${stamp(500, 't')}, 2 h 2 min to spare · updated ${stamp(-1, 'R')}`),
      row(button('Refresh', 2), button('Log', 2), button('Curve', 2), button('Stop…', 2), button('Open on Kaggle', 5)),
    ),
  ]);

const completion = message({
  id: '2003',
  mentions: [you],
  message_reference: { message_id: '2004', channel_id: CHANNEL, guild_id: GUILD, type: 0 },
  content: [
    `✅ **#42 complete** · val_acc 0.9124, best so far · 6 h 58 min · <@${you.id}>`,
    '**[\u2068Leaf disease ResNet50\u2069 v3](http://127.0.0.1:9/leaf)** on 2 × Tesla T4, 70 of 70 epochs',
    '',
    '**val_acc** 0.9124 at epoch 58, last 0.9098',
    '**val_loss** 0.2647 at epoch 48, last 0.2831',
    '**Best before** 0.9041, #37 · 3 cells changed',
    '',
    '**Models**',
    '- [leaf_resnet50_best.pt](http://127.0.0.1:9/a) · 97.8 MB',
    '- [leaf_resnet50_last.pt](http://127.0.0.1:9/b) · 97.8 MB',
    '**Tables**',
    '- [submission.csv](http://127.0.0.1:9/c) · 1.2 MB, 18,634 rows × 3',
    '- [history.csv](http://127.0.0.1:9/d) · 6.1 kB, 70 rows × 6',
    '**Also** 4 images, 2 other files · 213 MB in all on the [output page](http://127.0.0.1:9/o)',
    '',
    'submission.csv, rows 1–4 of 18,634',
    '```',
    'image_id       label       p',
    'te_00001.jpg   rust     0.981',
    'te_00002.jpg   healthy  0.997',
    'te_00003.jpg   scab     0.874',
    'te_00004.jpg   rust     0.642',
    '```',
    `-# Used 7.0 GPU hours · 11.4 h left, refill ${stamp(5760, 'R')}`,
  ].join('\n'),
  attachments: [curve, file('52', 'submission.csv', 1_200_000), file('53', 'history.csv', 6_100)],
  components: [
    row(
      button('Outputs', 1),
      button('Log', 2),
      button('Run again…', 2),
      button('Compare with #37', 2),
      button('Open on Kaggle', 5),
    ),
    row({
      type: 3,
      custom_id: 'links:v1:k',
      placeholder: 'Get a download link',
      options: [
        { label: 'leaf_resnet50_best.pt', value: 'a', description: 'model · 97.8 MB' },
        { label: 'leaf_resnet50_last.pt', value: 'b', description: 'model · 97.8 MB' },
        { label: 'submission.csv', value: 'c', description: 'table · 1.2 MB' },
      ],
    }),
  ] as unknown as NonNullable<APIMessage['components']>,
});

const endedCard = panel('2004', [
  container(
    0x23a55a,
    text(
      `### ✅ #42 complete, val_acc 0.9124\n**[Leaf disease ResNet50 v3](http://127.0.0.1:9/leaf)**\n-# mara-k/leaf-disease-resnet50 · for <@${you.id}> · GPU T4 x2 · limit 9 h · internet off\n**Note** second try with mixup and a smaller batch`,
    ),
    text(
      `**Ran** 6 h 58 min on 2 × Tesla T4, ended ${stamp(-3, 't')}\n**Saved** 2 models, 2 tables, 4 images · 213 MB`,
    ),
    row(
      button('Go to the result', 5, { url: `https://discord.com/channels/${GUILD}/${CHANNEL}/2003` }),
      button('Outputs', 1),
      button('Log', 2),
      button('Run again…', 2),
    ),
  ),
]);

const failure = message({
  id: '2005',
  mentions: [you],
  message_reference: { message_id: '2002', channel_id: CHANNEL, guild_id: GUILD, type: 0 },
  content: [
    `❌ **#43 failed: GPU out of memory**, cell 14 · after 1 h 12 min · <@${you.id}>`,
    '**[Leaf disease ResNet50 v4](http://127.0.0.1:9/leaf)** on 2 × Tesla T4, epoch 12 of 70',
    '',
    '**Cell 14, line 9**',
    '```',
    '  7  for images, labels in loader:',
    '  8      optimizer.zero_grad(set_to_none=True)',
    '> 9      logits = model(images.to(device, non_blocking=True))',
    ' 10      loss = criterion(logits, labels.to(device))',
    '```',
    '**Last frames of your code**',
    '```',
    'cell 14, line 9, train_one_epoch',
    'torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.50 GiB.',
    '```',
    '**Try** a smaller batch, mixed precision, or gradient accumulation.',
    `-# Used 1.2 GPU hours · 10.2 h left, refill ${stamp(5760, 'R')}`,
  ].join('\n'),
  attachments: [file('54', 'run-43.log', 284_000)],
  components: [
    row(button('Run again…', 1), button('Outputs', 2), button('Log', 2), button('Open on Kaggle', 5)),
  ] as unknown as NonNullable<APIMessage['components']>,
});

const preflight = panel(
  '2006',
  [
    container(
      0xda373c,
      text(
        '### Not committed yet: 1 blocker, 1 warning\n-# leaf-disease.ipynb · 38 cells · nothing was sent to Kaggle',
      ),
      { type: 14, divider: true, spacing: 1 },
      text(
        '**Blocker** · cell 9, line 4\n`train_df` is used here but first defined in cell 12.\n```\n> 4  train_df["fold"] = -1\n```',
      ),
      { type: 14, divider: true, spacing: 1 },
      text('**Warning** · cell 2, line 1\n`/kaggle/input/leaf-aug` is read, but no attached input provides it.'),
      row(button('Attach mara-k/leaf-aug', 3)),
      { type: 14, divider: true, spacing: 2 },
      text('**Hours** needs about 7 h, limit 9 h, 18.4 h left this week'),
      row(button('Commit anyway…', 4), button('Cancel', 2)),
    ),
  ],
  { flags: PANEL | EPHEMERAL, ...usedCommit },
);

const link = panel(
  '2007',
  [
    container(
      null,
      text(
        '### Link your Kaggle account first\n-# vgg-baseline.ipynb is kept for 15 min and goes on by itself once you are linked\n\n**1** Create a token on Kaggle: Settings, API, Generate new token.\n**2** Enter it here. It is checked with Kaggle, sealed, and never shown again.\n\n-# A Kaggle token gives access to the whole account. This bot uses it only to push notebooks and read runs, and forgets it with </unlink:88>.',
      ),
      row(button('Enter token…', 1, { custom_id: 'link:v1:-' }), button('Kaggle settings', 5)),
    ),
  ],
  { flags: PANEL | EPHEMERAL, ...usedCommit },
);

const curvePanel = panel(
  '2008',
  [
    container(
      0x5b8def,
      text('**#42** loss, epoch 31 of 70'),
      { type: 12, items: [{ media: { url: curve.url }, description: curve.description }] },
      text(`-# Drawn from the log at ${stamp(-2, 't')}`),
    ),
  ],
  { flags: PANEL | EPHEMERAL, attachments: [curve] },
);

const outputs = panel(
  '2009',
  [
    container(
      null,
      text('### Outputs of #42\n-# Leaf disease ResNet50 v3 · 41 files, 1.8 GB · page 1 of 6'),
      text(
        '**Models** 2\n- fold_0/per_class_metrics_va…shold_0.50.csv · 97.8 MB\n- `leaf_resnet50_last.pt` · 97.8 MB\n**Tables** 2\n- submission.csv · 1.2 MB',
      ),
      row({
        type: 3,
        custom_id: 'linksMany:v1:k',
        placeholder: 'Get links, up to 3 files of this page',
        min_values: 1,
        max_values: 3,
        options: ['a', 'b', 'c', 'd', 'e'].map((name) => ({
          label: `${name}.csv`,
          value: name,
          description: 'table · 1.2 MB',
        })),
      }),
      row(
        button('Previous', 2, { disabled: true }),
        button('Next', 2),
        button('Only models and tables', 2),
        button('Show images', 2),
        button('Output page', 5),
      ),
      { type: 13, file: { url: 'attachment://whole-log-42.txt' } },
    ),
  ],
  { flags: PANEL | EPHEMERAL, attachments: [file('55', 'whole-log-42.txt', 88_120)] },
);

const thinking = message({ id: '2010', flags: EPHEMERAL | LOADING, ...usedCommit });

const hostile = message({
  id: '2011',
  content: [
    `❌ **#44 failed at Kaggle, not in your code** · after 3 min · <@${you.id}>`,
    '**Kaggle said** \u2068Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft_and_a_name_without_any_break_at_all_0123456789\u2069',
    '> a quote of something\n> in two lines',
    '1. first\n2. second\n   - inner',
    '||hidden|| ~~struck~~ __under__ *slanted* `code` \\*escaped\\* <script>alert(1)</script> [bad](javascript:alert(1))',
    '東京大学植物病理学研究室深層学習による葉の病気分類モデルの学習実験第三版東京大学植物病理学研究室深層学習による葉の病気分類',
    '```',
    'a line of code that is far too long for a phone and must scroll within its own box, never the page: 0123456789012345678901234567890123456789',
    '```',
  ].join('\n'),
  mentions: [you],
});

const yours = message({ id: '2012', author: you, content: 'Is the leaf model going tonight?' });

/** Every kind in one channel. */
export const gallery: readonly APIMessage[] = [
  yours,
  accepted,
  card(27),
  endedCard,
  completion,
  failure,
  preflight,
  link,
  curvePanel,
  outputs,
  hostile,
  thinking,
];

/** What the first visit finds. */
export const firstVisit: readonly APIMessage[] = [
  message({
    ...accepted,
    content:
      '**#1 accepted.** Its card is in this channel. You can close this page.\n-# train-70-epochs.ipynb · 12 cells',
    components: [],
  }),
  card(27),
];

export const direct: readonly APIMessage[] = [
  message({ id: '3001', channel_id: DIRECT, author: you, content: 'status' }),
  panel(
    '3002',
    [
      container(
        0x5b8def,
        text('### 1 running'),
        { type: 14, divider: true, spacing: 1 },
        {
          type: 9,
          components: [
            text(`🔵 **#1 running** · epoch 58 of 70\nSeventy epochs v1\nval_acc 0.2790 · ends ${stamp(0.2, 'R')}`),
          ],
          accessory: button('Details', 2),
        },
      ),
    ],
    { channel_id: DIRECT },
  ),
];

export const linkForm = {
  custom_id: 'linkForm:v1:-',
  title: 'Link a Kaggle account',
  components: [
    { type: 10, content: 'This form goes to Nightshift, run by Vision Lab. Never enter your Kaggle password.' },
    {
      type: 18,
      label: 'API token',
      description: 'Starts with KGAT_. Leave the rest empty.',
      component: { type: 4, custom_id: 'token', style: 1, required: false, placeholder: 'KGAT_…' },
    },
    {
      type: 18,
      label: 'Username, for an old key only',
      component: { type: 4, custom_id: 'username', style: 1, required: false, placeholder: 'mara-k' },
    },
    {
      type: 18,
      label: 'Key, for an old key only',
      description: '32 letters and digits from kaggle.json',
      component: { type: 4, custom_id: 'key', style: 1, required: false, min_length: 32 },
    },
  ],
};
