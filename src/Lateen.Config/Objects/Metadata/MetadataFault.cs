// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Objects.Metadata;

/// <summary>What is wrong with a field of an object's metadata.</summary>
/// <param name="Field"><c>metadata.labels</c>.</param>
/// <param name="Value">What is there; empty when nothing is.</param>
/// <param name="Message">What it must be.</param>
public readonly record struct MetadataFault(MetadataFaultKind Kind, string Field, string Value, string Message);

/// <summary>The sort of a <see cref="MetadataFault"/>: the reasons of Kubernetes' causes.</summary>
public enum MetadataFaultKind : byte
{
    Invalid,
    Required,
    Forbidden,
}
