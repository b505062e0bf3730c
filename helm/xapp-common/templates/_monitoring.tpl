{{/* Of (dict "root" . "endpoints" LIST of (dict "port" NAME "path" PATH)): rendered where asked for and known to the cluster. */}}
{{- define "xapp-common.serviceMonitor" -}}
{{- $root := .root -}}
{{- $monitor := $root.Values.monitoring.serviceMonitor -}}
{{- if and $monitor.enabled $monitor.interval $monitor.scrapeTimeout (gt (int (include "xapp-common.ms" $monitor.scrapeTimeout)) (int (include "xapp-common.ms" $monitor.interval))) -}}
{{- fail (printf "monitoring.serviceMonitor.scrapeTimeout is %s and interval is %s: the operator takes no monitor whose timeout is longer than its interval" $monitor.scrapeTimeout $monitor.interval) -}}
{{- end -}}
{{- if and $monitor.enabled ($root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1") }}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: {{ include "xapp-common.fullname" $root | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.labelsWith" (dict "root" $root "more" $monitor.labels) | nindent 4 }}
spec:
  selector:
    matchLabels:
      {{- include "xapp-common.selector" $root | nindent 6 }}
      ricloop.dev/scrape: "true"
  namespaceSelector:
    matchNames: [{{ $root.Release.Namespace | quote }}]
  endpoints:
    {{- range .endpoints }}
    - port: {{ .port }}
      path: {{ .path | quote }}
      interval: {{ $monitor.interval | quote }}
      scrapeTimeout: {{ $monitor.scrapeTimeout | quote }}
    {{- end }}
{{- end }}
{{- end }}

{{/* Of a duration as 15s: its milliseconds. */}}
{{- define "xapp-common.ms" -}}
{{- mul (regexFind "^[0-9]+" . | int64) (get (dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000) (regexFind "[a-z]+$" .)) -}}
{{- end }}
