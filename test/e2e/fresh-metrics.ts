import { register } from 'prom-client';

// Files share a process, and with it the registry: each counts from nothing.
register.resetMetrics();
