import { denied, notFound } from './answer.ts';
import { type Call, signedIn } from './call.ts';
import type { Kernel } from './site.ts';
import type { Version } from './version.ts';

/**
 * The kernel, if this account may read it.
 * @throws ApiError 403 for a kernel that is unknown, foreign and private, or not visible yet: names cannot be probed
 *   (source: public reports).
 */
export function findKernel(call: Call, owner: string, slug: string): Kernel {
  const account = signedIn(call);
  const kernel = call.site.kernels.get(`${owner}/${slug}`);
  if (kernel === undefined || (kernel.isPrivate && kernel.owner !== account.user)) throw denied('kernels.get');
  if (call.at < kernel.createdAt + call.site.rules.visibilityLagSeconds * 1_000) throw denied('kernels.get');
  return kernel;
}

/**
 * One version: `v3` names it, without a label it is the newest, even while an older one still runs (12.12, 12.13).
 * @throws ApiError 404 for any other label.
 */
export function findVersion(kernel: Kernel, label: string): Version {
  if (label === '') {
    const newest = kernel.versions.at(-1);
    if (newest === undefined) throw notFound();
    return newest;
  }
  const number = /^v([1-9]\d*)$/.exec(label)?.[1];
  const version = kernel.versions.find((one) => one.born.number === Number(number));
  if (number === undefined || version === undefined) throw notFound();
  return version;
}
