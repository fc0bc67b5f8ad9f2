// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Config.Cel;

/// <summary>What a piece of an expression is.</summary>
internal enum CelTokenKind : byte
{
    End,
    Name,
    Number,
    Text,
    Sign,

    /// <summary>Nothing that CEL has.</summary>
    Broken,
}

/// <summary>A piece of an expression.</summary>
/// <param name="Position">Of its first character, from 0.</param>
internal readonly record struct CelToken(CelTokenKind Kind, string Text, int Position)
{
    public bool Is(string sign) => Kind == CelTokenKind.Sign && Text == sign;
}
