export type Answer = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

/** Speaks to the emulator as any client would: an RPC call over HTTP, nothing shared with the bot's own client. */
export async function rpc(
  url: string,
  service: string,
  method: string,
  body: object,
  authorization: string | null,
): Promise<Answer> {
  const response = await fetch(`${url}/v1/${service}/${method}`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'Content-Type': 'application/json',
      ...(authorization === null ? {} : { Authorization: authorization }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) };
}

export const TOKEN = 'KGAT_0123456789abcdef0123456789abcdef';
export const BEARER = `Bearer ${TOKEN}`;

export const kernelsOf =
  (url: string, authorization: string | null = BEARER) =>
  (method: string, body: object): Promise<Answer> =>
    rpc(url, 'kernels.KernelsApiService', method, body, authorization);

export const NOTEBOOK = JSON.stringify({
  cells: [{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: 'print("hello")' }],
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3', language: 'python' } },
  nbformat: 4,
  nbformat_minor: 4,
});

/** A push as recorded from the official client. */
export const pushOf = (title: string, more: object = {}): object => ({
  slug: `mara/${title.toLowerCase().replaceAll(' ', '-')}`,
  newTitle: title,
  text: NOTEBOOK,
  language: 'python',
  kernelType: 'notebook',
  isPrivate: true,
  enableGpu: true,
  enableTpu: false,
  enableInternet: true,
  machineShape: 'NvidiaTeslaT4',
  ...more,
});
