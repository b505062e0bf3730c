{{- define "ricloop.volumes" -}}
{{- $root := . -}}
{{- $sources := list -}}
{{- range $what := list "settings" "topology" "policies" -}}
{{- with include "ricloop.file.map" (dict "root" $root "what" $what) -}}
{{- $item := dict "key" (get $root.Values $what).configMap.key "path" (include "ricloop.file.name" $what) -}}
{{- $sources = append $sources (dict "configMap" (dict "name" . "items" (list $item))) -}}
{{- end -}}
{{- end -}}
{{- with $sources }}
- name: config
  projected:
    defaultMode: 0440
    sources:
      {{- toYaml . | nindent 6 }}
{{- end }}
{{- if .Values.audit.enabled }}
- name: audit
  {{- if .Values.audit.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ include "ricloop.auditClaim" . | quote }}
  {{- else }}
  emptyDir: {sizeLimit: {{ .Values.audit.size | quote }}}
  {{- end }}
{{- end }}
{{ include "xapp-common.volumes" . }}
{{- end }}

{{- define "ricloop.mounts" -}}
{{- if or (include "ricloop.file.map" (dict "root" . "what" "settings")) (include "ricloop.file.map" (dict "root" . "what" "topology")) (include "ricloop.file.map" (dict "root" . "what" "policies")) }}
- name: config
  mountPath: /etc/ricloop/config
  readOnly: true
{{- end }}
{{- if .Values.audit.enabled }}
- name: audit
  mountPath: /var/lib/ricloop
{{- end }}
{{ include "xapp-common.volumeMounts" . }}
{{- end }}

{{- define "ricloop.auditClaim" -}}
{{- default (include "xapp-common.plain" (printf "%s-audit" (include "xapp-common.fullname" .))) .Values.audit.persistence.existingClaim -}}
{{- end }}
