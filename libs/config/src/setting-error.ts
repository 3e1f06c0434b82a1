/**
 * Stops a boot or a command: something that an operator has to mend. The message is one sentence for them, with the variable and the
 * remedy; it is shown alone, without a stack. Everything else that stops one is a fault of ours.
 */
export class SettingError extends Error {
  override readonly name: string = 'SettingError';
}
