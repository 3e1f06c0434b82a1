const PLACEHOLDER = /^<?(?:phc_)?(?:your|ph_project)(?:[_-][a-z]+)*[_-](?:key|token)(?:[_-]here)?>?$/i;

/** Whether a token of valid shape is the one that snippets and docs have in place of a key: `phc_your_project_key`, `<ph_project_api_key>`. */
export function isPlaceholder(token: string): boolean {
  return PLACEHOLDER.test(token);
}
