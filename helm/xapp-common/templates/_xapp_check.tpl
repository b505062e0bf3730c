{{/* What the values' schema cannot say: refused with the value's name and the way out. */}}
{{- define "xapp-common.xapp.check" -}}
{{- if not (include "xapp-common.tlsSecret" .) -}}
{{- fail (printf "an xApp connects to the RIC with a certificate in its name, and %s" (include "xapp-common.tlsMissing" .)) -}}
{{- end -}}
{{- if and .Values.tls.certManager.enabled (not .Values.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.enabled is true, and tls.certManager.issuerRef.name is empty: name the issuer that signs" -}}
{{- end -}}
{{- if and (gt (int .Values.replicaCount) 1) (not .Values.sharded) -}}
{{- fail (printf "replicaCount is %v: the RIC lets one process of an xApp's name connect; use 1, or 0 for maintenance, or sharded=true for an image that shares its cells out" .Values.replicaCount) -}}
{{- end -}}
{{- range list "autoscaling" "keda" -}}
{{- if and (get $.Values .).enabled (not $.Values.sharded) -}}
{{- fail (printf "%s.enabled is true: the RIC lets one process of an xApp's name connect, so more pods only wait; leave it off, or set sharded=true for an image that shares its cells out" .) -}}
{{- end -}}
{{- end -}}
{{- range list "autoscaling" "keda" -}}
{{- $scaler := get $.Values . -}}
{{- if and $scaler.enabled (gt (int $scaler.minReplicas) (int $scaler.maxReplicas)) -}}
{{- fail (printf "%s.minReplicas is %v and %s.maxReplicas is %v: the least is more than the most" . $scaler.minReplicas . $scaler.maxReplicas) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled -}}
{{- fail "autoscaling.enabled and keda.enabled are both true: two would count the replicas; leave one of them off" -}}
{{- end -}}
{{- if and .Values.keda.enabled (not .Values.keda.triggers) -}}
{{- fail "keda.enabled is true, and keda.triggers is empty: list what it scales by" -}}
{{- end -}}
{{- if and .Values.appmgr.enabled (not .Values.rmr.enabled) -}}
{{- fail "appmgr.enabled is true, and rmr.enabled is false: an app manager sends to the RMR port of whom it registers; set rmr.enabled=true" -}}
{{- end -}}
{{- include "xapp-common.pod.check" . -}}
{{- include "xapp-common.models.check" . -}}
{{- end }}

{{/* Of every pod of ours. */}}
{{- define "xapp-common.pod.check" -}}
{{- $values := .Values -}}
{{- if and $values.realtime.enabled (ne (toJson $values.resources.requests) (toJson $values.resources.limits)) -}}
{{- fail "realtime.enabled is true, and resources.requests differ from resources.limits: processors of its own has only a pod whose requests are its limits" -}}
{{- end -}}
{{- if and $values.realtime.enabled (not (regexMatch "^[0-9]+$" (toString $values.resources.limits.cpu))) -}}
{{- fail (printf "realtime.enabled is true, and resources.limits.cpu is %v: processors of its own has only a pod that asks for whole ones, as \"2\"" $values.resources.limits.cpu) -}}
{{- end -}}
{{- if and $values.gpu.enabled $values.realtime.enabled $values.gpu.runtimeClassName $values.realtime.runtimeClassName (ne $values.gpu.runtimeClassName $values.realtime.runtimeClassName) -}}
{{- fail (printf "gpu.runtimeClassName is %s and realtime.runtimeClassName is %s: a pod has one runtime class; empty one of them, or name one class that does both" $values.gpu.runtimeClassName $values.realtime.runtimeClassName) -}}
{{- end -}}
{{- end }}
