/** What Kaggle's own runner writes into a log around the output of the cells, by public run logs. */

export const STARTED = [
  '0.00s - Debugger warning: It seems that frozen modules are being used, which may\n',
  '0.00s - make the debugger miss breakpoints. Please pass -Xfrozen_modules=off\n',
  '0.00s - to python to disable frozen modules.\n',
  '0.00s - Note: Debugging will proceed. Set PYDEVD_DISABLE_FILE_VALIDATION=1 to disable this validation.\n',
];

const PAPERMILL = '/usr/local/lib/python3.12/dist-packages/papermill/execute.py';

/** @param cell The n-th executed code cell, or null when the kernel itself died. */
export function failed(cell: number | null, traceback: string): string {
  if (cell === null) return traceback;
  return [
    'Traceback (most recent call last):',
    '  File "<string>", line 1, in <module>',
    `  File "${PAPERMILL}", line 131, in execute_notebook`,
    '    raise_for_execution_errors(nb, output_path)',
    `  File "${PAPERMILL}", line 251, in raise_for_execution_errors`,
    '    raise error',
    'papermill.exceptions.PapermillExecutionError: ',
    '-'.repeat(75),
    `Exception encountered at "In [${cell}]":`,
    traceback.replace(/\n*$/, '\n'),
    '',
  ].join('\n');
}

const SITE = '/usr/local/lib/python3.12/dist-packages';

/** The save step: it follows a failure as well as an end. */
export const saved = (bytes: number): string[] => [
  `${SITE}/mistune.py:435: SyntaxWarning: invalid escape sequence '\\|'\n`,
  "  cells[i][c] = re.sub('\\\\\\\\\\|', '|', cell)\n",
  `${SITE}/nbconvert/filters/filter_links.py:36: SyntaxWarning: invalid escape sequence '\\_'\n`,
  `${SITE}/traitlets/traitlets.py:2915: FutureWarning: --Exporter.preprocessors=["remove_papermill_header.RemovePapermillHeader"] for containers is deprecated in traitlets 5.0. You can pass \`--Exporter.preprocessors item\` ... multiple times to add items to a list.\n`,
  '  warn(\n',
  '[NbConvertApp] Converting notebook __notebook__.ipynb to notebook\n',
  `[NbConvertApp] Writing ${bytes} bytes to __notebook__.ipynb\n`,
  `${SITE}/traitlets/traitlets.py:2915: FutureWarning: --Exporter.preprocessors=["nbconvert.preprocessors.ExtractOutputPreprocessor"] for containers is deprecated in traitlets 5.0. You can pass \`--Exporter.preprocessors item\` ... multiple times to add items to a list.\n`,
  '  warn(\n',
  '[NbConvertApp] Converting notebook __notebook__.ipynb to html\n',
  `[NbConvertApp] Writing ${bytes * 12} bytes to __results__.html\n`,
];
