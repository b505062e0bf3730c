{{/* `helm test`: a pod of the same image and hardening, which asks the Service whether the workload is ready. */}}

{{- define "xapp-common.test.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: test
{{- end }}

{{/* Of (dict "root" . "url" URL). */}}
{{- define "xapp-common.test" -}}
{{- $values := .root.Values -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "xapp-common.plain" (printf "%s-test" (include "xapp-common.fullname" .root)) | quote }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.labels" .root | nindent 4 }}
    {{- include "xapp-common.test.labels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  serviceAccountName: {{ include "xapp-common.serviceAccount" .root | quote }}
  securityContext:
    {{- include "xapp-common.podSecurity" .root | nindent 4 }}
  {{- include "xapp-common.pullSecrets" .root | nindent 2 }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  containers:
    - name: probe
      image: {{ include "xapp-common.image" .root | quote }}
      imagePullPolicy: {{ $values.image.pullPolicy | quote }}
      args: [probe, {{ .url | quote }}, --timeout, {{ $values.helmTest.timeoutSeconds | quote }}]
      securityContext:
        {{- include "xapp-common.containerSecurity" .root | nindent 8 }}
      resources:
        requests: {cpu: 200m, memory: 128Mi}
        limits: {cpu: 200m, memory: 128Mi}
      env:
        - name: HOME
          value: /tmp
      volumeMounts:
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: tmp
      emptyDir: {sizeLimit: 16Mi}
{{- end }}
