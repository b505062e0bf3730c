{{/* Versions of learned models beside the image: a folder of them, mounted read-only, and whose signatures count. */}}

{{- define "xapp-common.models.args" -}}
{{- if .Values.models.source }}
- --models
- /models
{{- end }}
{{- if .Values.models.trust.secretName }}
- --trust
- {{ printf "/etc/ricloop/trust/%s" .Values.models.trust.key | quote }}
{{- end }}
{{- if .Values.models.requireSignature }}
- --require-signature
{{- end }}
{{- end }}

{{- define "xapp-common.models.mounts" -}}
{{- if .Values.models.source }}
- name: models
  mountPath: /models
  readOnly: true
{{- end }}
{{- if .Values.models.trust.secretName }}
- name: trust
  mountPath: /etc/ricloop/trust
  readOnly: true
{{- end }}
{{- end }}

{{- define "xapp-common.models.volumes" -}}
{{- $models := .Values.models -}}
{{- if eq $models.source "image" }}
- name: models
  image:
    reference: {{ $models.image.reference | quote }}
    pullPolicy: {{ $models.image.pullPolicy | quote }}
{{- else if eq $models.source "pvc" }}
- name: models
  persistentVolumeClaim:
    claimName: {{ $models.claimName | quote }}
    readOnly: true
{{- end }}
{{- with $models.trust.secretName }}
- name: trust
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- end }}

{{- define "xapp-common.models.check" -}}
{{- $models := .Values.models -}}
{{- if eq $models.source "image" -}}
{{- if not $models.image.reference -}}
{{- fail "models.source is 'image', and models.image.reference is empty: name the OCI image that holds the versions" -}}
{{- end -}}
{{- if semverCompare "<1.31.0-0" .Capabilities.KubeVersion.Version -}}
{{- fail (printf "models.source is 'image', which Kubernetes has from 1.31 on, and this is %s: use models.source=pvc" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- end -}}
{{- if and (eq $models.source "pvc") (not $models.claimName) -}}
{{- fail "models.source is 'pvc', and models.claimName is empty: name the PersistentVolumeClaim that holds the versions" -}}
{{- end -}}
{{- if and $models.requireSignature (not $models.trust.secretName) -}}
{{- fail "models.requireSignature is true, and models.trust.secretName is empty: name the Secret with the public keys" -}}
{{- end -}}
{{- end }}
