// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Decoding;
using Lateen.Config.Kinds.Networking;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Validation.Networking;

/// <summary>WorkloadGroups: what workloads that join are like.</summary>
internal static class WorkloadGroupValidator
{
    public static void Check(WorkloadGroup group, FieldPath at, ValidationScope scope)
    {
        if (group.Metadata is { } metadata)
            LabelRules.Check(metadata.Labels, at["metadata"]["labels"], scope);
        if (group.Template is { } template)
            WorkloadEntryValidator.CheckRest(template, at["template"], scope);
        if (group.Probe is { } probe)
            CheckProbe(probe, at["probe"], scope);
    }

    private static void CheckProbe(ReadinessProbe probe, FieldPath at, ValidationScope scope)
    {
        if (probe is { HttpGet: null, TcpSocket: null, Exec: null, Grpc: null })
            scope.Missing(at["httpGet"]);
        if (probe.HttpGet is not { } http)
            return;
        if (http.Scheme is not ("" or "HTTP" or "HTTPS" or "http" or "https"))
            scope.Add(
                ProblemCatalogue.BadHttp,
                at["httpGet"]["scheme"],
                $"\"{http.Scheme}\" is no scheme",
                "use HTTP or HTTPS"
            );
        for (var i = 0; i < http.HttpHeaders.Count; i++)
            HttpRules.CheckHeaderName(http.HttpHeaders[i].Name, at["httpGet"]["httpHeaders"][i]["name"], scope);
    }
}
