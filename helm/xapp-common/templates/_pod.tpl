{{/* What every pod of ours is made of: image, security, place, room. */}}

{{/* The digest goes before the tag, the tag before the chart's appVersion. */}}
{{- define "xapp-common.image" -}}
{{- $registry := default .Values.image.registry .Values.global.imageRegistry -}}
{{- $repository := ternary .Values.gpu.repository .Values.image.repository .Values.gpu.enabled -}}
{{- $name := ternary (printf "%s/%s" $registry $repository) $repository (ne $registry "") -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end }}

{{- define "xapp-common.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "xapp-common.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Where the pod runs and how it ends. Of (dict "root" . "token" bool): whether it may talk to the API server. */}}
{{- define "xapp-common.placement" -}}
{{- $values := .root.Values -}}
serviceAccountName: {{ include "xapp-common.serviceAccount" .root | quote }}
automountServiceAccountToken: {{ .token }}
terminationGracePeriodSeconds: {{ $values.terminationGracePeriodSeconds }}
securityContext:
  {{- include "xapp-common.podSecurity" .root | nindent 2 }}
{{- include "xapp-common.pullSecrets" .root }}
{{- with $values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- if and $values.gpu.enabled $values.gpu.runtimeClassName }}
runtimeClassName: {{ $values.gpu.runtimeClassName | quote }}
{{- else if and $values.realtime.enabled $values.realtime.runtimeClassName }}
runtimeClassName: {{ $values.realtime.runtimeClassName | quote }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with concat $values.tolerations ($values.gpu.enabled | ternary $values.gpu.tolerations list) }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "xapp-common.spread" .root }}
{{- end }}

{{- define "xapp-common.pullSecrets" -}}
{{- with concat .Values.global.imagePullSecrets .Values.image.pullSecrets | uniq }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{/* Replicas apart from each other, unless the values say where. */}}
{{- define "xapp-common.spread" -}}
{{- if .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml .Values.topologySpreadConstraints | nindent 2 }}
{{- else if gt (int (include "xapp-common.replicas" .)) 1 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "xapp-common.selector" . | nindent 8 }}
{{- end }}
{{- end }}

{{/* The most replicas that there are at any time. */}}
{{- define "xapp-common.replicas" -}}
{{- $scaling := list .Values.replicaCount -}}
{{- range list "autoscaling" "keda" -}}
{{- with get $.Values . }}{{ if .enabled }}{{ $scaling = append $scaling .minReplicas }}{{ end }}{{ end -}}
{{- end -}}
{{- $most := 0 -}}
{{- range $scaling }}{{ $most = max $most (int .) }}{{ end -}}
{{- $most -}}
{{- end }}

{{/* Of (dict "root" . "port" 8080), the port for a Prometheus without the operator; 0: there are no metrics. */}}
{{- define "xapp-common.annotations" -}}
{{- $values := .root.Values -}}
{{- $all := dict -}}
{{- if and .port $values.monitoring.scrapeAnnotations -}}
{{- $all = dict "prometheus.io/scrape" "true" "prometheus.io/port" (toString .port) "prometheus.io/path" "/metrics" -}}
{{- end -}}
{{- with $values.models }}{{ with .version }}{{ $_ := set $all "ricloop.dev/model-version" . }}{{ end }}{{ end -}}
{{- with $values.multus.networks }}{{ $_ := set $all "k8s.v1.cni.cncf.io/networks" (join ", " .) }}{{ end -}}
{{- if $values.realtime.enabled -}}
{{- range list "cpu-load-balancing.crio.io" "irq-load-balancing.crio.io" "cpu-quota.crio.io" }}{{ $_ := set $all . "disable" }}{{ end -}}
{{- end -}}
{{- with merge (dict) $values.podAnnotations $all }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- define "xapp-common.resources" -}}
{{- $more := dict -}}
{{- if .Values.gpu.enabled }}{{ $_ := set $more .Values.gpu.resourceName (toString .Values.gpu.count) }}{{ end -}}
{{- if and .Values.realtime.enabled .Values.realtime.hugepages2Mi }}{{ $_ := set $more "hugepages-2Mi" .Values.realtime.hugepages2Mi }}{{ end -}}
requests:
  {{- toYaml (merge (dict) .Values.resources.requests $more) | nindent 2 }}
limits:
  {{- toYaml (merge (dict) .Values.resources.limits $more) | nindent 2 }}
{{- end }}

{{/* Of (dict "root" . "port" "http" "alive" PATH "ready" PATH). By HTTP: a command in the container disturbs pinned processors. */}}
{{- define "xapp-common.probes" -}}
{{- $probes := .root.Values.probes -}}
startupProbe:
  httpGet: {path: {{ .alive }}, port: {{ .port }}}
  {{- toYaml $probes.startup | nindent 2 }}
livenessProbe:
  httpGet: {path: {{ .alive }}, port: {{ .port }}}
  {{- toYaml $probes.liveness | nindent 2 }}
readinessProbe:
  httpGet: {path: {{ .ready }}, port: {{ .port }}}
  {{- toYaml $probes.readiness | nindent 2 }}
{{- end }}

{{- define "xapp-common.env" -}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: HOME
  value: /tmp
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "xapp-common.volumeMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .Values.tls }}
{{- if include "xapp-common.tlsSecret" . }}
- name: tls
  mountPath: /etc/ricloop/tls
  readOnly: true
{{- end }}
{{- end }}
{{- if .Values.models }}{{ include "xapp-common.models.mounts" . }}{{ end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "xapp-common.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .Values.tmpSize | quote }}}
{{- if .Values.tls }}
{{- with include "xapp-common.tlsSecret" . }}
- name: tls
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- end }}
{{- if .Values.models }}{{ include "xapp-common.models.volumes" . }}{{ end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
