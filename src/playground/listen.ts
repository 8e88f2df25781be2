import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Listens on 127.0.0.1 at the first of the ports that is free; 0 is any free one.
 * @returns the port. @throws what the last one failed with.
 */
export async function listenOn(server: Server, ports: readonly number[]): Promise<number> {
  let last: unknown = new Error('there is no port to listen on');
  for (const port of ports) {
    try {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as AddressInfo).port;
    } catch (error) {
      last = error;
    }
  }
  throw last;
}
