// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Core;

/// <summary>Where in a user's input something stands. Lines and columns count from 1; 0 means "not known".</summary>
/// <param name="Source">A file's path, or the name of the store the text came from.</param>
public readonly record struct SourceLocation(string Source, int Line = 0, int Column = 0)
{
    public static SourceLocation None { get; } = new("");

    public override string ToString() =>
        Line == 0 ? Source
        : Column == 0 ? $"{Source}:{Line}"
        : $"{Source}:{Line}:{Column}";
}
