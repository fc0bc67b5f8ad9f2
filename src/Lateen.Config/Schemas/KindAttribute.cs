// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Schemas;

/// <summary>
/// Makes a record a kind of the user API. Its properties are the kind's fields: what a reader accepts, what documentation says and
/// what schemas for editors and <c>kubectl</c> describe all come from the record.
/// </summary>
/// <param name="group">API group; empty for Kubernetes' core.</param>
/// <param name="plural">As in paths of the API: <c>virtualservices</c>.</param>
/// <param name="versions">All versions that are read alike; the first is the one that is stored.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KindAttribute(string group, string plural, params string[] versions) : Attribute
{
    public string Group => group;

    public string Plural => plural;

    public IReadOnlyList<string> Versions => versions;

    /// <summary>As in <c>kind:</c>, where that cannot be the record's name.</summary>
    public string? Name { get; init; }

    /// <summary>Abbreviations for the command line: <c>vs</c>.</summary>
    public string[] ShortNames { get; init; } = [];

    /// <summary>The record is the whole document beside its metadata, and not its <c>spec</c> alone.</summary>
    public bool IsWhole { get; init; }

    /// <summary>A document without <c>spec</c> says something: everything as by default.</summary>
    public bool IsSpecOptional { get; init; }

    /// <summary>Its resources are in no namespace.</summary>
    public bool IsClusterScoped { get; init; }

    /// <summary>Read from files for what analysis says of others, and nothing else: no API serves it and no store keeps it.</summary>
    public bool IsForAnalysisOnly { get; init; }

    /// <summary>Read and checked, but not in force yet: told by a warning.</summary>
    public bool IsNotInForce { get; init; }
}
