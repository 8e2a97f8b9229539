// Where the surface has what: the screens of the page, and what is served beside it.
export const SCREENS = [
  ["/", "Leaderboard"],
  ["/treasuries", "Treasuries"],
  ["/flows", "Fund flows"],
  ["/status", "Status"],
];

export const ELSEWHERE = [
  ["/graphiql", "GraphiQL"],
  ["/docs", "Schema"],
];
