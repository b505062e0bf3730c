{{/* NetworkPolicies: who may come in, and where a pod may go. The cluster's network plugin must know them, and SCTP. */}}

{{/* Peers: every pod of the release's own namespace, and of the namespaces in the list. Of (dict "root" . "namespaces" LIST). */}}
{{- define "xapp-common.peers" -}}
- podSelector: {}
{{- range .namespaces }}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ . | quote }}
{{- end }}
{{- end }}

{{/* The cluster's DNS, or a node's own cache of it, which has this address everywhere. */}}
{{- define "xapp-common.dnsOut" -}}
- to:
    - namespaceSelector: {}
    - ipBlock: {cidr: 169.254.20.10/32}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end }}

{{/* Of (dict "root" . "ingress" YAML "egress" YAML). */}}
{{- define "xapp-common.networkPolicy" -}}
{{- $root := .root -}}
{{- with $root.Values.networkPolicy }}
{{- if .enabled }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "xapp-common.fullname" $root | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" $root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "xapp-common.selector" $root | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- concat (fromYamlArray $.ingress | default list) .extraIngress | toYaml | nindent 4 }}
  egress:
    {{- concat (fromYamlArray $.egress | default list) .extraEgress | toYaml | nindent 4 }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "xapp-common.plain" (printf "%s-test" (include "xapp-common.fullname" $root)) | quote }}
  namespace: {{ $root.Release.Namespace | quote }}
  labels:
    {{- include "xapp-common.metaLabels" $root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "xapp-common.test.labels" $root | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress: []
  egress:
    {{- include "xapp-common.dnsOut" $root | nindent 4 }}
    - to:
        - podSelector:
            matchLabels:
              {{- include "xapp-common.selector" $root | nindent 14 }}
{{- end }}
{{- end }}
{{- end }}
