// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Lateen.Config.Decoding;
using Lateen.Config.Validation.Values;

namespace Lateen.Config.Analysis.Analyzers;

/// <summary>Annotations of Istio's: misspelt, on the wrong kind, with a wrong value, of old or young features.</summary>
internal static class AnnotationAnalyzer
{
    /// <summary>Written by tools, not by users.</summary>
    private static readonly string[] s_foreign =
    [
        "operator.istio.io/",
        "install.istio.io/",
        "internal.istio.io/",
        "ambient.istio.io/",
    ];

    public static void Run(AnalysisContext context)
    {
        foreach (var resource in context.Config.Resources)
            Check(resource, resource.Key.Kind, "", resource.Metadata.Annotations, context);
        foreach (var pod in KnownPod.Of(context.Config).Where(static pod => pod.IsTemplate))
            Check(pod.Resource, "Pod", pod.Field, pod.Annotations, context);
    }

    /// <param name="kind">What the annotations come to stand on.</param>
    private static void Check(
        ConfigResource resource,
        string kind,
        string field,
        IReadOnlyDictionary<string, string> annotations,
        AnalysisContext context
    )
    {
        foreach (var (name, value) in annotations)
        {
            if (IsIstios(name) || KnownAnnotation.All.ContainsKey(name))
                Check(resource, kind, $"{field}metadata.annotations.{name}", name, value, context);
        }
    }

    private static bool IsIstios(string name)
    {
        var slash = name.IndexOf('/');
        return slash > 0
            && name[..slash].EndsWith("istio.io", StringComparison.Ordinal)
            && !s_foreign.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
    }

    private static void Check(
        ConfigResource resource,
        string kind,
        string field,
        string name,
        string value,
        AnalysisContext context
    )
    {
        if (!KnownAnnotation.All.TryGetValue(name, out var known))
        {
            var meant = Spelling.Closest(name, KnownAnnotation.All.Keys);
            context.Tell(
                resource,
                IstioMessage.UnknownAnnotation,
                field,
                "Istio has no such annotation",
                meant is null ? "remove it" : $"did you mean {meant}?"
            );
            return;
        }
        if (known.Kinds.Length > 0 && !known.Kinds.Contains(kind))
            context.Tell(
                resource,
                IstioMessage.MisplacedAnnotation,
                field,
                $"is for {string.Join(", ", known.Kinds)} and does nothing here",
                "move it there"
            );
        else if (FaultOf(known.Value, value) is { } fault)
            context.Tell(
                resource,
                IstioMessage.InvalidAnnotation,
                field,
                $"\"{value}\" is no {fault}",
                $"write a {fault}"
            );
        if (known.Stage == AnnotationStage.Deprecated)
            context.Tell(
                resource,
                IstioMessage.DeprecatedAnnotation,
                field,
                "is deprecated and may stop working",
                name == "sidecar.istio.io/inject" ? "use the label of the same name" : "use proxy.istio.io/config"
            );
        else if (known.Stage == AnnotationStage.Alpha)
            context.Tell(
                resource,
                IstioMessage.AlphaAnnotation,
                field,
                "is of a feature that may change or go",
                "check it with each new version"
            );
    }

    private static string? FaultOf(AnnotationValue kind, string value)
    {
        var parts = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return kind switch
        {
            AnnotationValue.Flag when value is not ("true" or "false") => "flag: true or false",
            AnnotationValue.Number when !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) =>
                "whole number",
            AnnotationValue.Ports when !parts.All(static part => part == "*" || IsPort(part)) =>
                "list of ports, as 8080,9090",
            AnnotationValue.Ranges when !parts.All(static part => part == "*" || Addresses.IsRange(part)) =>
                "list of ranges, as 10.0.0.0/8",
            AnnotationValue.Duration when !DurationText.TryParse(value, out _) => "duration, as 10s",
            _ => null,
        };
    }

    private static bool IsPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65536;
}
