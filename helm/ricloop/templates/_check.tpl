{{/* What the values' schema cannot say: refused with the value's name and the way out. */}}
{{- define "ricloop.check" -}}
{{- $values := .Values -}}
{{- $election := $values.leaderElection -}}
{{- if and (gt (int $values.replicaCount) 1) (not $election.enabled) -}}
{{- fail (printf "replicaCount is %v without leaderElection.enabled: two RICs would both control the network; set leaderElection.enabled=true, or replicaCount to 1, or to 0 for maintenance" $values.replicaCount) -}}
{{- end -}}
{{- if and $values.rpc.enabled (not (include "xapp-common.tlsSecret" .)) -}}
{{- fail (printf "rpc.enabled is true, and %s" (include "xapp-common.tlsMissing" .)) -}}
{{- end -}}
{{- if and $values.tls.certManager.enabled (not $values.tls.certManager.issuerRef.name) -}}
{{- fail "tls.certManager.enabled is true, and tls.certManager.issuerRef.name is empty: name the issuer that signs" -}}
{{- end -}}
{{- if and (not $values.xapps) (not $values.rpc.enabled) -}}
{{- fail "xapps is empty and rpc.enabled is false: nothing would decide; list xApps to run in the RIC, or let them connect with rpc.enabled=true" -}}
{{- end -}}
{{- if and $election.enabled $values.gpu.enabled (eq $values.gpu.repository "ricloop/xapp-gpu") -}}
{{- fail "gpu.enabled with leaderElection.enabled: the image ricloop/xapp-gpu has no client of Kubernetes to elect with; name an image with both extras, k8s and ml, in gpu.repository" -}}
{{- end -}}
{{- if not (or $values.e2.sctp.enabled $values.e2.tcp.enabled) -}}
{{- fail "e2.sctp.enabled and e2.tcp.enabled are both false: no node could connect; set one of them" -}}
{{- end -}}
{{- if ne (len (uniq $values.xapps)) (len $values.xapps) -}}
{{- fail (printf "xapps is %v: list each xApp once" $values.xapps) -}}
{{- end -}}
{{- include "ricloop.check.ports" . -}}
{{- if and $election.enabled (ge (mul 3 (int $election.renewSeconds)) (int $election.durationSeconds)) -}}
{{- fail (printf "leaderElection.renewSeconds is %v and durationSeconds is %v: a Lease must last for more than three renewals" $election.renewSeconds $election.durationSeconds) -}}
{{- end -}}
{{- if and $election.enabled $values.audit.enabled $values.audit.persistence.enabled (not (has "ReadWriteMany" $values.audit.persistence.accessModes)) -}}
{{- fail "audit.persistence.enabled with leaderElection.enabled: two pods have the claim at once; set audit.persistence.accessModes to [ReadWriteMany], or persistence.enabled=false" -}}
{{- end -}}
{{- range list "settings" "topology" "policies" -}}
{{- $given := get $values . -}}
{{- if and $given.inline $given.configMap.name -}}
{{- fail (printf "%s.inline and %s.configMap.name are both given: leave one of them out" . .) -}}
{{- end -}}
{{- end -}}
{{- include "xapp-common.pod.check" . -}}
{{- include "xapp-common.models.check" . -}}
{{- end }}

{{/* TCP ports of one pod: SCTP's are others. */}}
{{- define "ricloop.check.ports" -}}
{{- $taken := dict "9464" "metrics are at it" -}}
{{- if .Values.leaderElection.enabled }}{{ $_ := set $taken "8080" "the election's health is at it" }}{{ end -}}
{{- range $name, $door := dict "e2.tcp" .Values.e2.tcp "rpc" .Values.rpc -}}
{{- if $door.enabled -}}
{{- $port := toString $door.port -}}
{{- with get $taken $port -}}
{{- fail (printf "%s.port is %s, and %s: give another" $name $port .) -}}
{{- end -}}
{{- $_ := set $taken $port (printf "%s.port is the same" $name) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "ricloop.lease" -}}
{{- default (include "xapp-common.fullname" .) .Values.leaderElection.leaseName -}}
{{- end }}

{{/* The port that tells of health: the elector's, where there is one. */}}
{{- define "ricloop.health" -}}
{{- ternary "lease" "http" .Values.leaderElection.enabled -}}
{{- end }}

{{/* Whom E2 nodes and xApps reach: every pod, or the leader. */}}
{{- define "ricloop.leader" -}}
{{ include "xapp-common.selector" . }}
{{- if .Values.leaderElection.enabled }}
ricloop.dev/role: leader
{{- end }}
{{- end }}
