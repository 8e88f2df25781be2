import type { Notebook4, NotebookCell } from './nbformat.ts';

export type NotebookLanguage = { readonly known: 'python' | 'r' } | { readonly known: null; readonly said: string };

const PYTHON = { display_name: 'Python 3', language: 'python', name: 'python3' };
const R = { display_name: 'R', language: 'R', name: 'ir' };

/**
 * The language of a notebook: what its kernelspec says, else its language_info, else what the kernel's name tells
 * (`conda-env-vision-py`, `ir`), else Python, since a notebook without any of these comes from a Python tool.
 */
export function languageOf({ metadata }: Notebook4): NotebookLanguage {
  const said = metadata.kernelspec?.language ?? metadata.language_info?.name ?? null;
  if (said !== null && said !== '') {
    const plain = said.toLowerCase();
    if (/^i?python\d*$/.test(plain)) return { known: 'python' };
    return plain === 'r' ? { known: 'r' } : { known: null, said };
  }
  const kernel = metadata.kernelspec?.name?.toLowerCase() ?? '';
  // A kernel of another language that says so in its name alone.
  const other =
    /^(?:i?julia|javascript|typescript|deno|scala|almond|kotlin|xcpp|rust|evcxr|swift|octave|matlab|ruby|bash|sas|stata)/.exec(
      kernel,
    );
  if (other !== null) return { known: null, said: other[0] };
  return { known: /^ir\d*$|(?:^|[-_])r$/.test(kernel) ? 'r' : 'python' };
}

function plainCell(cell: NotebookCell): NotebookCell {
  if (cell.cell_type !== 'code') return cell;
  return { ...cell, metadata: cell.metadata ?? {}, outputs: [], execution_count: null };
}

/**
 * Makes the notebook what Kaggle's own client would push: outputs and execution counts cleared, sources
 * in one string, a kernelspec that exists there. A local conda or venv name would end the run with "No such kernel"
 * (source: public run logs), so any name but python3 and ir becomes the one of its language.
 * The state of widgets goes: it belongs to the outputs that are gone, and without its `state` field nbconvert stops.
 */
export function normalise(notebook: Notebook4, language: 'python' | 'r'): Notebook4 {
  const { widgets: _, ...metadata } = notebook.metadata;
  const wanted = language === 'r' ? R : PYTHON;
  const kernelspec = metadata.kernelspec?.name === wanted.name ? { ...wanted, ...metadata.kernelspec } : wanted;
  return { ...notebook, metadata: { ...metadata, kernelspec }, cells: notebook.cells.map(plainCell) };
}
