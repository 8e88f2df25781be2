import { formatKernel, type KernelRef } from './kernel.ts';

/**
 * Every address on Kaggle a person may open. `web` is KAGGLE_WEB_URL without a slash at its end. Kaggle's pages know a
 * version by an internal id which the API does not give, so the pages are the notebook's and open at its newest version.
 */

const path = (ref: KernelRef): string => formatKernel(ref).split('/').map(encodeURIComponent).join('/');

export const kernelPage = (web: string, kernel: KernelRef): string => `${web}/code/${path(kernel)}`;

/** The version's own page if Kaggle's answer gave one, else the notebook's. */
export const versionPage = (web: string, pushed: { kernel: KernelRef; page: string | null }): string =>
  pushed.page ?? kernelPage(web, pushed.kernel);

export const outputPage = (web: string, kernel: KernelRef): string => `${kernelPage(web, kernel)}/output`;

export const logPage = (web: string, kernel: KernelRef): string => `${kernelPage(web, kernel)}/log`;

/** The output page, opened at one file where Kaggle honours it. */
export const outputFilePage = (web: string, kernel: KernelRef, name: string): string =>
  `${outputPage(web, kernel)}?select=${encodeURIComponent(name)}`;

/** Where a person makes an API token. */
export const settingsPage = (web: string): string => `${web}/settings`;
