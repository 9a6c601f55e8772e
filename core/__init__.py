"""The mathematics: pure Python on numpy, scipy, torch and scikit-learn; never streamlit or plotly."""
