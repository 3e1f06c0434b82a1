import { Injectable } from '@nestjs/common';
import { CaptureConfig, clientIp, trustedProxies, type TrustedProxies } from '@app/capture';
import { IpPolicy, PrivacyConfig, truncateAddress } from '@app/privacy';
import { ForwardedClient, SdkConfig } from '@app/sdk-config';
import { ProjectDirectory, type IpMode } from '@app/token';
import type { FastifyRequest } from 'fastify';

/** RFC 5737: nobody's. */
const ANYBODY = '192.0.2.1';
const HOST = /^(?:[\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Tells the upstream who asks: the address that events from there would have, as the IP mode leaves it, and scheme and host
 * only as a trusted proxy wrote them. Nothing else of what a client claims to be goes there.
 */
@Injectable()
export class UpstreamClient extends ForwardedClient {
  private readonly proxies: TrustedProxies | undefined;
  private readonly modeOfNobody: IpMode;

  constructor(
    private readonly policy: IpPolicy,
    directory: ProjectDirectory,
    { trustedProxies: proxies }: CaptureConfig,
    { ipMode }: PrivacyConfig,
    { upstreamIpMode }: SdkConfig,
  ) {
    super();
    this.proxies = trustedProxies(proxies);
    this.modeOfNobody = upstreamIpMode ?? (directory.source === 'none' ? ipMode : 'drop');
  }

  headersOf(request: FastifyRequest, token: string | undefined): Record<string, string> {
    const peer = request.raw.socket?.remoteAddress;
    const address = this.addressOf(request, peer, token);
    return {
      ...(address !== '' && { 'x-forwarded-for': address }),
      ...(this.isProxy(peer) && hopHeaders(request)),
    };
  }

  private addressOf({ headers }: FastifyRequest, peer: string | undefined, token: string | undefined): string {
    const doNotTrack = headers.dnt === '1' || headers['sec-gpc'] === '1';
    const mode = token === undefined ? this.modeOfNobody : this.policy.modeOf(token, { doNotTrack });
    if (mode !== 'keep' && mode !== 'truncate') return '';
    const address = clientIp(headers, peer, this.proxies);
    return mode === 'keep' ? address : truncateAddress(address);
  }

  /** Whether a word of the peer's would count: then it is no client. */
  private isProxy(peer: string | undefined): boolean {
    return this.proxies?.clientOf([ANYBODY], peer) === ANYBODY;
  }
}

function hopHeaders({ headers }: FastifyRequest): Record<string, string> {
  const [scheme, host] = [headers['x-forwarded-proto'], headers['x-forwarded-host']];
  return {
    ...((scheme === 'http' || scheme === 'https') && { 'x-forwarded-proto': scheme }),
    ...(typeof host === 'string' && HOST.test(host) && { 'x-forwarded-host': host }),
  };
}
