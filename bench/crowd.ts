/** The people of the bench: so many accounts, each with a few runs. */
export const ACCOUNTS = 2_500;
export const userOf = (index: number): string => `user-${index}`;
export const tokenOf = (index: number): string => `KGAT_bench${index}`;
