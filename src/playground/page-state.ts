import type { PageBackend, PageSample } from './page-backend.ts';

/** Code cells of a notebook; null for anything else. */
function countCells(sample: PageSample): number | null {
  if (!sample.fileName.endsWith('.ipynb')) return null;
  const notebook = JSON.parse(Buffer.from(sample.bytes).toString('utf8')) as { cells?: { cell_type?: string }[] };
  return notebook.cells?.filter((cell) => cell.cell_type === 'code').length ?? null;
}

/** Everything an opening page needs, as one JSON value. src/playground/page/wire.ts has the same shape as a type. */
export function stateFor(backend: PageBackend): object {
  const { channel, directMessage } = backend;
  return {
    you: backend.you,
    bot: backend.bot,
    channels: [
      {
        ...channel,
        kind: 'channel',
        messages: backend.messages(channel.id),
        commands: backend.commandsFor(channel.id),
      },
      {
        ...directMessage,
        kind: 'dm',
        messages: backend.messages(directMessage.id),
        commands: backend.commandsFor(directMessage.id),
      },
    ],
    online: backend.isBotOnline(),
    firstStartInteraction: backend.firstStartInteraction(),
    kaggle: backend.kaggleSummary(),
    samples: backend.samples().map((sample) => ({
      name: sample.name,
      title: sample.title,
      hint: sample.hint,
      fileName: sample.fileName,
      size: sample.bytes.length,
      cells: countCells(sample),
      options: sample.options,
    })),
  };
}
