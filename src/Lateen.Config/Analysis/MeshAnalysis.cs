// SPDX-License-Identifier: Apache-2.0
using Lateen.Config.Analysis.Analyzers;
using Lateen.Config.Precedence;
using Lateen.Core;

namespace Lateen.Config.Analysis;

/// <summary>
/// What is wrong between resources, each of which is in order by itself: <c>lateen analyze</c>. Pure; the codes and levels are those of
/// Istio's analysis.
/// </summary>
public static class MeshAnalysis
{
    private static readonly Action<AnalysisContext>[] s_analyzers =
    [
        ReferenceAnalyzer.Run,
        VirtualServiceAnalyzer.Run,
        RouteOrderAnalyzer.Run,
        GatewayRuleAnalyzer.Run,
        GatewayReachAnalyzer.Run,
        RuleConflictAnalyzer.Run,
        DestinationRuleAnalyzer.Run,
        SubsetAnalyzer.Run,
        GatewayAnalyzer.Run,
        ServiceAnalyzer.Run,
        ServiceEntryAnalyzer.Run,
        SelectorAnalyzer.Run,
        InjectionAnalyzer.Run,
        AnnotationAnalyzer.Run,
        EnvoyFilterAnalyzer.Run,
        TelemetryAnalyzer.Run,
        WebhookAnalyzer.Run,
        MeshNetworksAnalyzer.Run,
        ConditionAnalyzer.Run,
        KeySetAnalyzer.Run,
    ];

    /// <summary>Every kind of finding there is, by code.</summary>
    public static IReadOnlyList<IstioMessage> Messages { get; } =
        typeof(IstioMessage)
            .GetProperties()
            .Where(static property => property.PropertyType == typeof(IstioMessage))
            .Select(static property => (IstioMessage)property.GetValue(null)!)
            .OrderBy(static message => message.Code, StringComparer.Ordinal)
            .ToArray();

    /// <summary>Everything that is found, by place.</summary>
    /// <param name="exports">Who sees what does not say it; everybody by default.</param>
    public static IReadOnlyList<Problem> Run(
        ConfigSnapshot config,
        string rootNamespace = "istio-system",
        ExportDefaults? exports = null
    )
    {
        var context = new AnalysisContext(config, rootNamespace, exports ?? ExportDefaults.Public);
        foreach (var analyze in s_analyzers)
            analyze(context);
        return context
            .Found.OrderBy(static problem => problem.Where.Source, StringComparer.Ordinal)
            .ThenBy(static problem => problem.Where.Line)
            .ThenBy(static problem => problem.Code, StringComparer.Ordinal)
            .ThenBy(static problem => problem.Field, StringComparer.Ordinal)
            .ToArray();
    }
}
