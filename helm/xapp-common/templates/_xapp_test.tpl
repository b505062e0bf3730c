{{- define "xapp-common.xapp.test" -}}
{{- $host := include "xapp-common.service" (dict "root" . "port" "http") -}}
{{- include "xapp-common.test" (dict "root" . "url" (printf "http://%s.%s:8080/ric/v1/health/ready" $host .Release.Namespace)) }}
{{- end }}
