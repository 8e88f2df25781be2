import { describe, expect, test } from 'vitest';
import { readWords } from '../../commands/direct-message.ts';

describe('the words of a direct message', () => {
  test.each([
    ['status', { word: 'status', run: null }],
    ['Status.', { word: 'status', run: null }],
    ['  /status 42 ', { word: 'status', run: '42' }],
    ['status #42?', { word: 'status', run: '#42' }],
    ['status of run 42', { word: 'status', run: '42' }],
    ['log 7', { word: 'log', run: '7' }],
    ['log', { word: 'log', run: null }],
    ['help!', { word: 'help' }],
  ])('%j is understood', (text, said) => {
    expect(readWords(text)).toEqual(said);
  });

  test.each([
    '',
    'how is my leaf model doing?',
    'status quo',
    'logs',
    'status 1234567890123',
    'help 42',
    'status 42 now',
  ])('%j is other text', (text) => {
    expect(readWords(text)).toEqual({ word: 'other' });
  });
});
