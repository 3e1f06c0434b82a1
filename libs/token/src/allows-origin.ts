/** @param allowed see `Project.allowedOrigins`: exact, or with `*.` for any subdomain (but not the domain itself) */
export function allowsOrigin(allowed: readonly string[], origin: string): boolean {
  const given = origin.toLowerCase();
  return allowed.some((entry) => {
    const [scheme, domain] = entry.toLowerCase().split('*');
    if (domain === undefined) return scheme === given;
    return given.startsWith(scheme) && given.endsWith(domain) && given.length > scheme.length + domain.length;
  });
}
