import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createAttachmentFetcher } from '../../src/discord/attachment.ts';
import { UserError } from '../../src/domain/user-error.ts';

async function serve(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const file = (url: string, size = 10) => ({ name: 'leaf.ipynb', size, url });

async function failure(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError)) throw new Error(`not an error for people: ${String(error)}`);
  return error;
}

test('what was attached is fetched, byte by byte, without credentials', async () => {
  const seen: NodeJS.Dict<string | string[]>[] = [];
  await using cdn = await serve((request, response) => {
    seen.push(request.headers);
    response.end(Buffer.from([0, 255, 10]));
  });
  const fetch = createAttachmentFetcher(cdn.url);
  expect(await fetch(file(`${cdn.url}/ephemeral-attachments/1/2/leaf.ipynb?ex=1`))).toEqual(Buffer.from([0, 255, 10]));
  expect(seen[0]).not.toHaveProperty('authorization');
  expect(seen[0]).not.toHaveProperty('cookie');
});

describe('only from Discord', () => {
  const fetch = createAttachmentFetcher('https://cdn.discordapp.com');
  test.each([
    'https://cdn.discordapp.com.evil.test/a.ipynb',
    'https://evil.test/cdn.discordapp.com/a.ipynb',
    'https://cdn.discordapp.com@evil.test/a.ipynb',
    'https://mara:x@cdn.discordapp.com/a.ipynb',
    'https://cdn.discordapp.com:8443/a.ipynb',
    'https://cdn.discordapp.com./a.ipynb',
    'https://cdn.dіscordapp.com/a.ipynb',
    'http://cdn.discordapp.com/a.ipynb',
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'data:text/plain,x',
    '//cdn.discordapp.com/a.ipynb',
    'not an address',
    '',
  ])('not %s', async (url) => {
    expect((await failure(fetch(file(url)))).title).toBe('Only files uploaded in Discord are accepted.');
  });

  test('a look-alike with the configured host is not it either', async () => {
    await using other = await serve((_, response) => void response.end('secret'));
    const port = new URL(other.url).port;
    const local = createAttachmentFetcher('http://127.0.0.1:9');
    expect((await failure(local(file(`http://127.0.0.1:${port}/a.ipynb`)))).title).toContain('Only files uploaded');
  });

  test.each(['http://cdn.example.test', 'ftp://127.0.0.1'])('%s is no address to be set', (url) => {
    expect(() => createAttachmentFetcher(url)).toThrow('https://');
  });
});

test('a redirect is not followed', async () => {
  let followed = false;
  await using inside = await serve((_, response) => {
    followed = true;
    response.end('secret');
  });
  await using cdn = await serve((_, response) => void response.writeHead(302, { location: inside.url }).end());
  const error = await failure(createAttachmentFetcher(cdn.url)(file(`${cdn.url}/a.ipynb`)));
  expect(error.title).toContain('could not be read from Discord');
  expect(followed).toBe(false);
});

test('a file that says it is too large is not asked for', async () => {
  let asked = false;
  await using cdn = await serve((_, response) => {
    asked = true;
    response.end('x');
  });
  const error = await failure(createAttachmentFetcher(cdn.url)(file(`${cdn.url}/a.ipynb`, 10_000_001)));
  expect(error.title).toContain('files up to');
  expect(asked).toBe(false);
});

test('a file that grows too large while it comes is given up', async () => {
  let sent = 0;
  await using cdn = await serve((_, response) => {
    const chunk = Buffer.alloc(1_000_000);
    const more = (): void => {
      if (response.destroyed || sent > 100_000_000) return;
      sent += chunk.length;
      response.write(chunk, () => setImmediate(more));
    };
    more();
  });
  const error = await failure(createAttachmentFetcher(cdn.url)(file(`${cdn.url}/a.ipynb`)));
  expect(error.title).toContain('files up to');
  expect(sent).toBeLessThan(60_000_000);
});

test('an address that has run out is told from Discord’s own trouble', async () => {
  await using cdn = await serve(
    (request, response) => void response.writeHead(request.url === '/gone' ? 404 : 503).end(),
  );
  const fetch = createAttachmentFetcher(cdn.url);
  expect((await failure(fetch(file(`${cdn.url}/gone`)))).title).toContain('no longer available');
  expect((await failure(fetch(file(`${cdn.url}/down`)))).title).toContain('could not be read');
});

test('the name is shown as text, and the signed address not at all', async () => {
  await using cdn = await serve((_, response) => void response.writeHead(500).end());
  const error = await failure(
    createAttachmentFetcher(cdn.url)({ name: '**@everyone**.ipynb', size: 1, url: `${cdn.url}/a?hm=signature` }),
  );
  expect(error.title).not.toContain('**@everyone**');
  expect(`${error.message} ${error.stack}`).not.toContain('signature');
});
