// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Lateen.ControlPlane.ResourceApi.Http;

/// <summary>What becomes of fields that the kind does not have, or that are there twice.</summary>
internal enum FieldValidation : byte
{
    /// <summary>Left out, and told by a warning: Kubernetes' default.</summary>
    Warn,

    /// <summary>Left out.</summary>
    Ignore,

    /// <summary>Refused.</summary>
    Strict,
}

/// <summary>How something is written.</summary>
/// <param name="IsDryRun">Everything is done but the writing.</param>
/// <param name="Manager">Who owns what is written.</param>
/// <param name="IsForced">For apply: takes what others own.</param>
internal sealed record WriteOptions(bool IsDryRun, string Manager, FieldValidation Validation, bool IsForced)
{
    private const int MaxManager = 128;
    private const string All = "All";

    /// <param name="isApply">An applier must say who it is.</param>
    public static Outcome<WriteOptions> Read(HttpRequest request, bool isApply = false)
    {
        var reader = new QueryReader(request.Query);
        var manager = reader.Text("fieldManager");
        if (manager.Length > MaxManager || manager.Any(char.IsControl))
            reader.Fail($"fieldManager must have no more than {MaxManager} characters, all of them printable");
        if (manager.Length == 0 && isApply)
            reader.Fail("fieldManager is required for apply");
        if (reader.Has("force") && !isApply)
            reader.Fail("force is for apply");
        var options = new WriteOptions(
            IsDryRunIn(reader),
            manager.Length > 0 ? manager : ManagerOf(request.Headers.UserAgent.ToString()),
            ValidationOf(reader),
            reader.Flag("force")
        );
        return reader.Failure is { } failure ? failure : options;
    }

    internal static bool IsDryRunIn(QueryReader reader)
    {
        var values = reader.Texts("dryRun").Where(static value => value.Length > 0).ToList();
        if (values.Any(static value => value != All))
            reader.Fail($"dryRun must be {All}");
        return values.Count > 0;
    }

    private static FieldValidation ValidationOf(QueryReader reader)
    {
        switch (reader.Text("fieldValidation"))
        {
            case "" or "Warn":
                return FieldValidation.Warn;
            case "Ignore":
                return FieldValidation.Ignore;
            case "Strict":
                return FieldValidation.Strict;
            default:
                reader.Fail("fieldValidation must be Ignore, Warn or Strict");
                return FieldValidation.Warn;
        }
    }

    /// <summary>The program's name, as Kubernetes guesses it.</summary>
    private static string ManagerOf(string userAgent)
    {
        var name = new string([.. userAgent.Split('/')[0].Where(static c => !char.IsControl(c)).Take(MaxManager)]);
        return name.Length > 0 ? name : "unknown";
    }
}
