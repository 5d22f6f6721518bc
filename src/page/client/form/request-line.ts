import { byId } from '../base/element.ts';

/** Shows the very address whose answer is on the screen, as a command and as a link. */
export function showRequest(address: string): void {
  byId('request', HTMLElement).textContent = `curl '${address.replaceAll("'", '%27')}'`;
  byId('json', HTMLAnchorElement).href = address;
}

/** Makes the button copy the command; where the browser does not allow that (a page not served over https), it selects it, to be copied by hand. */
export function enableCopying(): void {
  const request = byId('request', HTMLElement);
  const button = byId('copy', HTMLButtonElement);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(request.textContent ?? '');
      button.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(request);
      button.textContent = 'Selected';
    }
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  };
  button.addEventListener('click', () => void copy());
}
