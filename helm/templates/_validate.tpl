{{/* What a schema cannot say: values that do not go together. */}}
{{- define "inlet.validate" -}}
{{- if eq .Values.output "kafka" -}}
{{- $_ := required "config.KAFKA_HOSTS is not set: name the brokers (host:port,host:port), or set output=embedded" .Values.config.KAFKA_HOSTS -}}
{{- end -}}
{{- if and .Values.admin.enabled (not .Values.admin.secretName) -}}
{{- fail "admin.enabled needs admin.secretName: an existing Secret with the token for the operators' listener" -}}
{{- end -}}
{{- if and (eq (include "inlet.metricsPort" .) "admin") (not .Values.admin.enabled) -}}
{{- fail "metrics.port=admin needs admin.enabled" -}}
{{- end -}}
{{- if eq (include "inlet.metricsPort" .) "metrics" -}}
{{- $port := int64 .Values.metrics.port -}}
{{- if or (eq $port 3000) (and .Values.admin.enabled (eq $port (int64 .Values.admin.port))) -}}
{{- fail "metrics.port is the port of another listener: say public or admin for these" -}}
{{- end -}}
{{- end -}}
{{- if and .Values.tracing.enabled (not .Values.tracing.endpoint) -}}
{{- fail "tracing.enabled needs tracing.endpoint: the collector, like http://collector:4318" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) -}}
{{- fail "ingress.enabled needs ingress.hosts" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled needs httpRoute.parentRefs: the Gateway it belongs to" -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int64 .Values.autoscaling.minReplicas) (int64 .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is larger than autoscaling.maxReplicas" -}}
{{- end -}}
{{- range $name, $_ := .Values.secretEnv -}}
{{- if hasKey $.Values.config $name -}}{{- fail (printf "%s is both in config and in secretEnv" $name) -}}{{- end -}}
{{- end -}}
{{- with .Values.spool.drain.ordinals -}}
{{- if ne $.Values.output "kafka" -}}{{- fail "spool.drain.ordinals needs output=kafka: the embedded log is kept where it is, there is nothing to drain it to" -}}{{- end -}}
{{- if eq $.Values.spool.retention.whenScaled "Delete" -}}{{- fail "spool.drain.ordinals needs spool.retention.whenScaled=Retain: otherwise the volumes are gone with their pods" -}}{{- end -}}
{{- $pods := int64 (ternary $.Values.autoscaling.minReplicas $.Values.replicas $.Values.autoscaling.enabled) -}}
{{- range . -}}
{{- if and (include "inlet.isStateful" $) (lt (int64 .) $pods) -}}
{{- fail (printf "spool.drain.ordinals: %d is one of the %d pods, which drains its volume itself" (int64 .) $pods) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
