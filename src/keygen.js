// Prints a fresh SECRET_KEY: 32 random bytes in base64. Plain JavaScript, so that any Node can run it.
import { randomBytes } from 'node:crypto';

console.log(randomBytes(32).toString('base64'));
