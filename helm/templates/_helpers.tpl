{{- define "inlet.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "inlet.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "inlet.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "inlet.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Never change these: selectors cannot be changed once they are in a cluster. */}}
{{- define "inlet.selectorLabels" -}}
app.kubernetes.io/name: {{ include "inlet.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "inlet.labels" -}}
{{ include "inlet.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "inlet.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "inlet.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "inlet.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* "true" where each pod has a volume of its own. */}}
{{- define "inlet.isStateful" -}}
{{- if or (eq .Values.output "embedded") (eq .Values.spool.medium "persistent") -}}true{{- end -}}
{{- end -}}

{{/* "true" where the pods write to a disk at all. */}}
{{- define "inlet.hasVolume" -}}
{{- if or (include "inlet.isStateful" .) (eq .Values.spool.medium "ephemeral") -}}true{{- end -}}
{{- end -}}

{{- define "inlet.volumeSize" -}}
{{- printf "%dMi" (div (mul (int64 .Values.spool.maxGiB) 1024 5) 4) -}}
{{- end -}}

{{/* preStop and SHUTDOWN_GRACE_MS, and a little for the process to be gone. */}}
{{- define "inlet.gracePeriodSeconds" -}}
{{- add (int64 .Values.shutdown.preStopSeconds) (int64 .Values.shutdown.graceSeconds) 5 -}}
{{- end -}}

{{/* The ConfigMap's content. */}}
{{- define "inlet.config" -}}
CAPTURE_MODE: {{ .Values.captureMode }}
OUTPUT: {{ .Values.output }}
PORT: '3000'
DATA_DIR: /var/lib/inlet
SHUTDOWN_GRACE_MS: {{ mul (int64 .Values.shutdown.graceSeconds) 1000 | quote }}
{{- $bytes := mul (int64 .Values.spool.maxGiB) 1073741824 }}
{{- if eq .Values.output "embedded" }}
EMBEDDED_LOG_MAX_BYTES: {{ $bytes | quote }}
{{- else }}
SPOOL_MEDIUM: {{ .Values.spool.medium | quote }}
SPOOL_MAX_BYTES: {{ $bytes | quote }}
{{- end }}
{{- if .Values.admin.enabled }}
ADMIN_HOST: {{ .Values.config.HOST | default "0.0.0.0" | quote }}
ADMIN_PORT: {{ .Values.admin.port | quote }}
{{- end }}
METRICS_PORT: {{ include "inlet.text" .Values.metrics.port | quote }}
{{- range $name, $value := dict "MAX_CONNECTIONS" "20000" "BODY_TOTAL_TIMEOUT_MS" "60000" }}
{{- if not (hasKey $.Values.config $name) }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}
{{- if .Values.tracing.enabled }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ .Values.tracing.endpoint | quote }}
OTEL_SAMPLING_RATE: {{ printf "%.6f" (float64 .Values.tracing.samplingRatio) | quote }}
{{- end }}
{{- if .Values.canary.enabled }}
CANARY_ENABLED: 'true'
CANARY_TOPIC: {{ .Values.canary.topic | quote }}
CANARY_INTERVAL_MS: {{ mul (int64 .Values.canary.intervalSeconds) 1000 | quote }}
{{- end }}
{{- range $name, $value := .Values.config }}
{{ $name }}: {{ include "inlet.text" $value | quote }}
{{- end }}
{{- end -}}

{{/* The name of the port that /metrics is on: http, admin, or metrics for one of its own. */}}
{{- define "inlet.metricsPort" -}}
{{- if kindIs "string" .Values.metrics.port -}}{{ ternary "http" "admin" (eq .Values.metrics.port "public") }}{{- else -}}metrics{{- end -}}
{{- end -}}

{{/* Annotations as given; a scraper that goes by them is sent to where /metrics is. */}}
{{- define "inlet.scraped" -}}
{{- $given := .annotations -}}
{{- $numbers := dict "http" 3000 "admin" .root.Values.admin.port "metrics" .root.Values.metrics.port -}}
{{- if eq (toString (get $given "prometheus.io/scrape")) "true" -}}
{{- $given = merge (dict "prometheus.io/port" (include "inlet.text" (get $numbers (include "inlet.metricsPort" .root)))) $given -}}
{{- end -}}
{{- toYaml $given -}}
{{- end -}}

{{/* Helm reads numbers as floats, and would write 1e+06. */}}
{{- define "inlet.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq . (float64 (int64 .)) -}}{{ int64 . }}{{- else -}}{{ . }}{{- end -}}
{{- else -}}{{ . }}{{- end -}}
{{- end -}}

{{- define "inlet.secretEnv" -}}
{{- range $name, $from := .Values.secretEnv }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef: {{- toYaml $from | nindent 6 }}
{{- end }}
{{- if .Values.admin.enabled }}
- name: ADMIN_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .Values.admin.secretName }}
      key: {{ .Values.admin.secretKey }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The public paths of captureMode; with the pages that answers link to; /metrics, probes and the description are not among them. */}}
{{- define "inlet.paths" -}}
{{- $events := list "/e" "/capture" "/track" "/engage" "/batch" "/i" "/docs/causes" -}}
{{- if ne (toString .Values.config.SDK_ROUTES) "off" -}}
{{- $events = concat $events (list "/flags" "/decide" "/array" "/static") -}}
{{- end -}}
{{- $paths := ternary $events (list) (has .Values.captureMode (list "all" "events")) -}}
{{- if ne .Values.captureMode "events" -}}{{- $paths = append $paths "/s" -}}{{- end -}}
{{- range ($.Values.ingress.paths | default $paths) }}
- {{ printf "%s%s" ($.Values.config.PATH_PREFIX | default "") . }}
{{- end -}}
{{- end -}}
