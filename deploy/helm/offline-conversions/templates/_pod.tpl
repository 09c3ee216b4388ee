{{/* The pod, with either outbox. */}}
{{- define "pod" -}}
{{- $sqlite := eq .Values.outbox.provider "Sqlite" -}}
{{- $keys := and (not $sqlite) .Values.postgresql.keysClaim -}}
metadata:
  labels:
    {{- include "labels" . | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  # The service never calls Kubernetes, and needs no variables about its neighbours.
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.serviceAccountName }}
  serviceAccountName: {{ . }}
  {{- end }}
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  # The pause below, then 30 seconds for requests in flight, deliveries and the outbox, and some to spare.
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1654
    runAsGroup: 1654
    fsGroup: 1654
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: offline-conversions
      image: {{ include "image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      args: ["--config", "/config/offline-conversions.json"]
      env:
        - name: Outbox__Provider
          value: {{ .Values.outbox.provider }}
        {{- if $sqlite }}
        - name: Outbox__Path
          value: /data/outbox/outbox.db
        {{- else }}
        - name: Outbox__ConnectionStringFile
          value: /secrets/{{ .Values.secrets.connectionString }}
        {{- end }}
        {{- if $keys }}
        - name: Outbox__KeyDirectory
          value: /keys/outbox
        {{- end }}
        - name: Admin__ApiKeyFile
          value: /secrets/{{ .Values.secrets.operatorKey }}
        - name: Admin__Port
          value: "8081"
        # For the command-line tool in the container.
        - name: OFFLINE_CONVERSIONS_SERVER
          value: http://127.0.0.1:8081
        {{- range $name, $value := .Values.environment }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
      ports:
        - { name: events, containerPort: 8080 }
        - { name: operator, containerPort: 8081 }
      # The name of this machine, so that AllowedHosts can be restricted.
      # Migrations, and the recovery of a damaged file, come before the first answer.
      startupProbe:
        httpGet: { path: /healthz, port: events, httpHeaders: [{ name: Host, value: 127.0.0.1 }] }
        periodSeconds: 2
        timeoutSeconds: 5
        failureThreshold: 300
      livenessProbe:
        httpGet: { path: /healthz, port: events, httpHeaders: [{ name: Host, value: 127.0.0.1 }] }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # Not ready: the outbox takes no events at the moment.
      readinessProbe:
        httpGet: { path: /readyz, port: events, httpHeaders: [{ name: Host, value: 127.0.0.1 }] }
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 2
      lifecycle:
        # Until every proxy knows that this pod is leaving, it still gets requests, and answers them.
        preStop:
          sleep: { seconds: 5 }
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      volumeMounts:
        - { name: configuration, mountPath: /config, readOnly: true }
        - { name: secrets, mountPath: /secrets, readOnly: true }
        - { name: temporary, mountPath: /tmp }
        {{- if $sqlite }}
        - { name: outbox, mountPath: /data }
        {{- end }}
        {{- if $keys }}
        - { name: keys, mountPath: /keys }
        {{- end }}
  volumes:
    - name: configuration
      configMap:
        name: {{ .Release.Name }}
    - name: secrets
      secret:
        secretName: {{ .Values.secrets.name | default .Release.Name }}
        defaultMode: 0440
    # The runtime's own small files.
    - name: temporary
      emptyDir: { sizeLimit: 64Mi }
    {{- if and $sqlite .Values.sqlite.existingClaim }}
    - name: outbox
      persistentVolumeClaim:
        claimName: {{ .Values.sqlite.existingClaim }}
    {{- end }}
    {{- if $keys }}
    - name: keys
      persistentVolumeClaim:
        claimName: {{ .Values.postgresql.keysClaim }}
    {{- end }}
  {{- if not $sqlite }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "selector" . | nindent 10 }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
