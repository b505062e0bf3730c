{{/* Every name that a chart gives, in one place: those of an O-RAN SC platform, or `<release>-<chart>`. */}}

{{/* Deployment, ServiceAccount, Role: what there is one of. */}}
{{- define "xapp-common.fullname" -}}
{{- if .Values.ric.oranScNames -}}
{{- include "xapp-common.plain" (printf "%s-%s" .Release.Namespace .Chart.Name) -}}
{{- else -}}
{{- include "xapp-common.plain" (printf "%s-%s" .Release.Name .Chart.Name) -}}
{{- end -}}
{{- end }}

{{/* Of (dict "root" . "port" "http"): the Service of that port. Subscription managers derive the rmr name from the http one. */}}
{{- define "xapp-common.service" -}}
{{- if .root.Values.ric.oranScNames -}}
{{- include "xapp-common.short" (printf "service-%s-%s-%s" .root.Release.Namespace .root.Chart.Name .port) -}}
{{- else -}}
{{- include "xapp-common.plain" (printf "%s-%s-%s" .root.Release.Name .root.Chart.Name .port) -}}
{{- end -}}
{{- end }}

{{/* Of (dict "root" . "what" "appconfig"): the ConfigMap with that content. */}}
{{- define "xapp-common.configMap" -}}
{{- if .root.Values.ric.oranScNames -}}
{{- include "xapp-common.short" (printf "configmap-%s-%s-%s" .root.Release.Namespace .root.Chart.Name .what) -}}
{{- else -}}
{{- include "xapp-common.plain" (printf "%s-%s-%s" .root.Release.Name .root.Chart.Name .what) -}}
{{- end -}}
{{- end }}

{{/* Of (dict "root" . "port" "rpc"): where the Service of the chart `ricloop` is, from another chart's `ric` values. In a namespace of its own it has the platform's names. */}}
{{- define "xapp-common.ricHost" -}}
{{- $ric := .root.Values.ric -}}
{{- $namespace := default .root.Release.Namespace $ric.namespace -}}
{{- if $ric.host -}}
{{- $ric.host -}}
{{- else if or $ric.oranScNames (ne $namespace .root.Release.Namespace) -}}
{{- printf "service-%s-ricloop-%s.%s" $namespace .port $namespace -}}
{{- else -}}
{{- printf "%s.%s" (include "xapp-common.plain" (printf "%s-ricloop-%s" .root.Release.Name .port)) $namespace -}}
{{- end -}}
{{- end }}

{{/* A name that Kubernetes takes for a Service, or a refusal: cut short it would be another one than the platform looks for. */}}
{{- define "xapp-common.short" -}}
{{- if gt (len .) 63 -}}
{{- fail (printf "the name '%s' has %d characters, and Kubernetes takes 63: use a shorter namespace or release name" . (len .)) -}}
{{- end -}}
{{- . -}}
{{- end }}

{{/* A name with a release's in it, as a Service may have it: a release's name may be long, hold dots and begin with a digit. */}}
{{- define "xapp-common.plain" -}}
{{- $name := replace "." "-" . -}}
{{- if regexMatch "^[0-9]" $name }}{{ $name = printf "r%s" $name }}{{ end -}}
{{- if gt (len $name) 63 -}}
{{- printf "%s-%s" (trunc 54 $name | trimSuffix "-") (sha256sum . | trunc 8) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end }}

{{- define "xapp-common.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "xapp-common.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{/* What this chart runs: xapp, ric, e2sim or lab. A chart that is none of ours is an xApp's. */}}
{{- define "xapp-common.component" -}}
{{- get (dict "ricloop" "ric" "e2sim" "e2sim" "ricloop-stack" "lab") .Chart.Name | default "xapp" -}}
{{- end }}

{{- define "xapp-common.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: {{ include "xapp-common.component" . | quote }}
{{- end }}

{{/* Of everything but what is selected by; `app` and `release` are those of an O-RAN SC platform. */}}
{{- define "xapp-common.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: ricloop
app: {{ printf "%s-%s" .Release.Namespace .Chart.Name | quote }}
release: {{ .Release.Name | quote }}
{{- end }}

{{- define "xapp-common.metaLabels" -}}
{{ include "xapp-common.labels" . }}
{{ include "xapp-common.selector" . }}
{{- end }}

{{/* Of (dict "root" . "more" MAP): ours, and more of an operator's. What is selected by stays ours, all else theirs. */}}
{{- define "xapp-common.labelsWith" -}}
{{- $selected := include "xapp-common.selector" .root | fromYaml -}}
{{- toYaml (merge (dict) $selected .more (include "xapp-common.labels" .root | fromYaml)) -}}
{{- end }}

{{/* YAML reads a bare `off` as false. */}}
{{- define "xapp-common.stage" -}}
{{- .Values.stage | default "off" -}}
{{- end }}
