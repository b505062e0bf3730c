{{- define "ricloop.args" -}}
{{- $root := . -}}
{{- $values := .Values -}}
- ric
{{- if $values.e2.sctp.enabled }}
- --listen
- sctp://0.0.0.0:{{ $values.e2.sctp.port }}
{{- end }}
{{- if $values.e2.tcp.enabled }}
- --listen
- tcp://0.0.0.0:{{ $values.e2.tcp.port }}
{{- end }}
- --metrics
- 0.0.0.0:9464
- --stage
- {{ include "xapp-common.stage" . | quote }}
{{- range $values.xapps }}
- --xapp
- {{ . | quote }}
{{- end }}
{{- range $values.e2.allow }}
- --allow
- {{ . | quote }}
{{- end }}
{{- range $what := list "settings" "topology" "policies" }}
{{- if include "ricloop.file.map" (dict "root" $root "what" $what) }}
- --{{ $what }}
- /etc/ricloop/config/{{ include "ricloop.file.name" $what }}
{{- end }}
{{- end }}
{{- if $values.audit.enabled }}
- --audit
- /var/lib/ricloop/$(POD_NAME).jsonl
{{- end }}
{{- if $values.rpc.enabled }}
- --rpc
- 0.0.0.0:{{ $values.rpc.port }}
- --rpc-ca
- /etc/ricloop/tls/ca.crt
- --rpc-cert
- /etc/ricloop/tls/tls.crt
- --rpc-key
- /etc/ricloop/tls/tls.key
{{- range $values.rpc.allow }}
- --allow-xapp
- {{ . | quote }}
{{- end }}
{{- end }}
{{- if $values.leaderElection.enabled }}
- --lease
- {{ printf "%s/%s" .Release.Namespace (include "ricloop.lease" .) | quote }}
- --lease-identity
- $(POD_NAME)
- --lease-duration
- {{ $values.leaderElection.durationSeconds | quote }}
- --lease-renew
- {{ $values.leaderElection.renewSeconds | quote }}
- --lease-http
- 0.0.0.0:8080
{{- end }}
{{- include "xapp-common.models.args" . }}
{{- if not (kindIs "invalid" $values.cpu) }}
- --cpu
- {{ $values.cpu | quote }}
{{- end }}
{{- with $values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}
