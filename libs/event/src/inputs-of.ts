/** How many events of a request stand behind these (`CapturedEvent.inputs`), accepted or dropped. */
export function inputsOf(events: readonly { readonly inputs?: number }[]): number {
  let sum = 0;
  for (const { inputs = 1 } of events) sum += inputs;
  return sum;
}
