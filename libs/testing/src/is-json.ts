/** Whether JSON.parse takes a text: what our own scanners are held against. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
