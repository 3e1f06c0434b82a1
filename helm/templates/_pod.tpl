{{/* What StatefulSet and Deployment have in common. */}}
{{- define "inlet.podTemplate" -}}
metadata:
  annotations:
    checksum/config: {{ include "inlet.config" . | sha256sum }}
    {{- with .Values.podAnnotations }}{{ include "inlet.scraped" (dict "annotations" . "root" $) | nindent 4 }}{{ end }}
  labels:
    {{- include "inlet.labels" . | nindent 4 }}
    app.kubernetes.io/component: gateway
    {{- with .Values.podLabels }}{{ toYaml . | nindent 4 }}{{ end }}
spec:
  serviceAccountName: {{ include "inlet.serviceAccountName" . }}
  automountServiceAccountToken: false
  # A gateway wants nothing of its neighbours, and would read past the variables of their Services.
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "inlet.gracePeriodSeconds" . }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  securityContext: {{- toYaml .Values.podSecurityContext | nindent 4 }}
  {{- with .Values.nodeSelector }}
  nodeSelector: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations: {{- toYaml . | nindent 4 }}
  {{- end }}
  affinity:
    {{- if .Values.affinity }}{{ toYaml .Values.affinity | nindent 4 }}{{ else }}
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels: {{- include "inlet.selectorLabels" . | nindent 16 }}
    {{- end }}
  topologySpreadConstraints:
    {{- if .Values.topologySpreadConstraints }}{{ toYaml .Values.topologySpreadConstraints | nindent 4 }}{{ else }}
    - maxSkew: 1
      topologyKey: topology.kubernetes.io/zone
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels: {{- include "inlet.selectorLabels" . | nindent 10 }}
    {{- end }}
  {{- if or .Values.initContainers .Values.doctor.perPod }}
  initContainers:
    {{- with .Values.initContainers }}{{ toYaml . | nindent 4 }}{{ end }}
    {{- if .Values.doctor.perPod }}
    - name: doctor
      image: {{ include "inlet.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: [inlet, doctor, --skip, 'kafka,redis']
      securityContext: {{- toYaml .Values.securityContext | nindent 8 }}
      {{- include "inlet.environment" . | nindent 6 }}
      resources:
        requests: { cpu: 100m, memory: 128Mi }
        limits: { memory: 256Mi }
      {{- include "inlet.volumeMounts" . | nindent 6 }}
    {{- end }}
  {{- end }}
  containers:
    - name: gateway
      image: {{ include "inlet.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext: {{- toYaml .Values.securityContext | nindent 8 }}
      {{- include "inlet.environment" . | nindent 6 }}
      ports:
        - name: http
          containerPort: 3000
        {{- if .Values.admin.enabled }}
        - name: admin
          containerPort: {{ .Values.admin.port }}
        {{- end }}
        {{- if eq (include "inlet.metricsPort" .) "metrics" }}
        - name: metrics
          containerPort: {{ .Values.metrics.port }}
        {{- end }}
      lifecycle:
        preStop:
          sleep:
            seconds: {{ .Values.shutdown.preStopSeconds }}
      # It gives brokers, projects and limits a moment to answer, and no more than that.
      startupProbe:
        httpGet: { path: /_startup, port: http }
        periodSeconds: {{ .Values.probes.startup.periodSeconds }}
        timeoutSeconds: {{ .Values.probes.startup.periodSeconds }}
        failureThreshold: {{ .Values.probes.startup.failureThreshold }}
      readinessProbe:
        httpGet: { path: /_readiness, port: http }
        periodSeconds: {{ .Values.probes.readiness.periodSeconds }}
        timeoutSeconds: {{ .Values.probes.readiness.periodSeconds }}
        failureThreshold: {{ .Values.probes.readiness.failureThreshold }}
      livenessProbe:
        httpGet: { path: /_liveness, port: http }
        periodSeconds: {{ .Values.probes.liveness.periodSeconds }}
        timeoutSeconds: {{ .Values.probes.liveness.timeoutSeconds }}
        failureThreshold: {{ .Values.probes.liveness.failureThreshold }}
      resources: {{- toYaml .Values.resources | nindent 8 }}
      {{- include "inlet.volumeMounts" . | nindent 6 }}
    {{- with .Values.extraContainers }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- $emptyDir := and (include "inlet.hasVolume" .) (not (include "inlet.isStateful" .)) }}
  {{- if or $emptyDir .Values.extraVolumes }}
  volumes:
    {{- if $emptyDir }}
    - name: data
      emptyDir:
        sizeLimit: {{ include "inlet.volumeSize" . }}
    {{- end }}
    {{- with .Values.extraVolumes }}{{ toYaml . | nindent 4 }}{{ end }}
  {{- end }}
{{- end -}}

{{/* The settings as a container of a pod gets them. */}}
{{- define "inlet.environment" -}}
envFrom:
  - configMapRef:
      name: {{ include "inlet.fullname" . }}
  {{- with .Values.extraEnvFrom }}{{ toYaml . | nindent 2 }}{{ end }}
{{- with include "inlet.secretEnv" . | trim }}
env: {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What a container of a pod sees of its volumes. */}}
{{- define "inlet.volumeMounts" -}}
{{- if or (include "inlet.hasVolume" .) .Values.extraVolumeMounts -}}
volumeMounts:
  {{- if include "inlet.hasVolume" . }}
  - name: data
    mountPath: /var/lib/inlet
  {{- end }}
  {{- with .Values.extraVolumeMounts }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end -}}
{{- end -}}
